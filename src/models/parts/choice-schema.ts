import { InputError } from '../../core/index.ts';

/** A JSON answer whose only freedom is one of several texts. */
export interface ChoiceSchema {
  /** The possible texts, all different, at least one. */
  readonly choices: readonly string[];
  /**
   * The answer as JSON in pieces: what is certain, the choice, what is certain. `confidence` is the probability with
   * which the choice was drawn.
   */
  readonly pieces: (choice: string, confidence: number) => readonly [before: string, choice: string, after: string];
}

const annotations = ['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples', 'deprecated'];
const textKeywords = [...annotations, 'type', 'enum', 'const'];
const numberKeywords = [...annotations, 'type', 'minimum', 'maximum'];
const objectKeywords = [...annotations, 'type', 'properties', 'required', 'additionalProperties', 'propertyOrdering'];
const mostChoices = 1000;

/**
 * Reads a JSON schema that a model can be held to by masking alone: texts of an `enum`, by themselves or as the one
 * property of an object, with a number `confidence` beside it if wanted. That number is answered with the
 * probability with which the choice was drawn.
 *
 * @throws InputError for every other schema, with the part that cannot be held
 */
export function choiceSchema(schema: unknown): ChoiceSchema {
  const root = record(schema, 'The schema');
  if ('enum' in root || 'const' in root) {
    const choices = choicesOf(root, 'The schema');
    return form(choices, () => '', () => '');
  }
  if (root.type !== 'object') {
    throw refused(`The schema has the type ${text(root.type)}`);
  }
  onlyKeywords(root, objectKeywords, 'The schema');
  const properties = record(root.properties, '"properties"');
  const required = root.required ?? [];
  if (!Array.isArray(required)) throw refused('"required" is no list');
  for (const name of required) {
    if (typeof name !== 'string' || !Object.hasOwn(properties, name))
      throw refused(`${text(name)} is required but no property`);
  }
  let choice: { name: string; choices: readonly string[] } | undefined;
  const fields: string[] = [];
  for (const [name, value] of Object.entries(properties)) {
    const property = record(value, `The property "${name}"`);
    if ('enum' in property || 'const' in property) {
      if (choice) throw refused(`The properties "${choice.name}" and "${name}" are both choices`);
      choice = { name, choices: choicesOf(property, `The property "${name}"`) };
      fields.push(name);
    } else if (name === 'confidence' && property.type === 'number') {
      checkConfidence(property);
      fields.push(name);
    } else if (required.includes(name)) {
      throw refused(`The property "${name}" is no choice among texts`);
    }
  }
  if (!choice) throw refused('No property is a choice among texts');
  const place = fields.indexOf(choice.name);
  const field = (confidence: number) => (name: string) => `${JSON.stringify(name)}:${rounded(confidence)}`;
  const before = (confidence: number) =>
    `{${[...fields.slice(0, place).map(field(confidence)), ''].join(',')}${JSON.stringify(choice.name)}:`;
  const after = (confidence: number) => `${['', ...fields.slice(place + 1).map(field(confidence))].join(',')}}`;
  return form(choice.choices, before, after);
}

function form(
  choices: readonly string[],
  before: (confidence: number) => string,
  after: (confidence: number) => string,
): ChoiceSchema {
  const pieces = (choice: string, confidence: number) =>
    [`${before(confidence)}"`, JSON.stringify(choice).slice(1, -1), `"${after(confidence)}`] as const;
  return { choices, pieces };
}

function choicesOf(schema: Record<string, unknown>, where: string): readonly string[] {
  onlyKeywords(schema, textKeywords, where);
  if (schema.type !== undefined && schema.type !== 'string') throw refused(`${where} has the type ${text(schema.type)}`);
  const listed: unknown = 'enum' in schema ? schema.enum : [schema.const];
  if (!Array.isArray(listed) || listed.length === 0) {
    throw new InputError(`${where} has an empty "enum": there is nothing to choose from. List at least one text.`);
  }
  const choices = listed.map((choice: unknown) => {
    if (typeof choice !== 'string') throw refused(`${where} lists ${text(choice)}, which is no text`);
    return choice;
  });
  if (new Set(choices).size < choices.length) throw refused(`${where} lists a text twice`);
  if (choices.length > mostChoices) throw refused(`${where} lists more than ${mostChoices} texts`);
  return choices;
}

/** Every probability must be a valid answer. */
function checkConfidence(schema: Record<string, unknown>) {
  onlyKeywords(schema, numberKeywords, 'The property "confidence"');
  const { minimum = 0, maximum = 1 } = schema;
  if (!(Number(minimum) <= 0 && Number(maximum) >= 1))
    throw refused('The property "confidence" does not reach from 0 to 1');
}

function onlyKeywords(schema: Record<string, unknown>, known: readonly string[], where: string) {
  const other = Object.keys(schema).find((keyword) => !known.includes(keyword));
  if (other !== undefined) throw refused(`${where} uses "${other}"`);
}

function record(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused(`${where} is no object`);
  return value as Record<string, unknown>;
}

function refused(reason: string): InputError {
  return new InputError(
    `${reason}. An embedded model is held to a schema by masking its probabilities, which works for one choice among ` +
      'texts: {"type": "string", "enum": [...]}, or an object with one such property and, if wanted, a number ' +
      '"confidence". Ask for text instead, or change the schema.',
  );
}

const text = (value: unknown): string => (value === undefined ? '(none)' : (JSON.stringify(value) ?? '(unreadable)'));

/** Six significant digits; float32 holds no more. */
const rounded = (p: number): number => Number(p.toPrecision(6));
