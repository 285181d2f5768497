import { InputError } from '../../../core/index.ts';

/** What stands in one place of an answer. */
export type AnswerField = 'choice' | 'confidence' | 'text';

/** A JSON answer with one choice among texts, and perhaps free text and a confidence beside it. */
export interface ChoiceSchema {
  /** The possible texts, all different, at least one. */
  readonly choices: readonly string[];
  /** The object's properties in their order, one of them the choice; undefined when the answer is the text itself. */
  readonly fields?: readonly { readonly name: string; readonly holds: AnswerField }[];
}

const annotations = [
  '$schema',
  '$id',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
];
const textKeywords = [...annotations, 'type', 'enum', 'const'];
const numberKeywords = [...annotations, 'type', 'minimum', 'maximum'];
const objectKeywords = [
  ...annotations,
  'type',
  'properties',
  'required',
  'additionalProperties',
  'propertyOrdering',
];
const mostChoices = 1000;

/**
 * Reads a JSON schema that a model without a grammar of JSON can be held to by masking: one choice among the texts of
 * an `enum`, by itself or as a property of an object. Beside it may stand free texts, and a number `confidence`, which
 * is answered with the probability with which the choice was drawn.
 *
 * @throws InputError for every other schema, with the part that cannot be held
 */
export function choiceSchema(schema: unknown): ChoiceSchema {
  const root = record(schema, 'The schema');
  if (isChoice(root)) return { choices: choicesOf(root, 'The schema') };
  if (root.type !== 'object') throw refused(`The schema has the type ${text(root.type)}`);
  onlyKeywords(root, objectKeywords, 'The schema');
  const properties = Object.entries(record(root.properties, '"properties"'));
  const required = requiredOf(root, properties.map(([name]) => name)); // prettier-ignore
  let choice: { readonly name: string; readonly choices: readonly string[] } | undefined;
  const fields: { name: string; holds: AnswerField }[] = [];
  for (const [name, value] of properties) {
    const where = `The property "${name}"`;
    const property = record(value, where);
    if (isChoice(property)) {
      if (choice) throw refused(`The properties "${choice.name}" and "${name}" are both choices`);
      choice = { name, choices: choicesOf(property, where) };
      fields.push({ name, holds: 'choice' });
    } else if (name === 'confidence' && property.type === 'number') {
      checkConfidence(property);
      fields.push({ name, holds: 'confidence' });
    } else if (required.has(name)) {
      if (property.type !== 'string') throw refused(`${where} has the type ${text(property.type)}`);
      onlyKeywords(property, textKeywords, where);
      fields.push({ name, holds: 'text' });
    }
  }
  if (!choice) throw refused('No property is a choice among texts');
  return { choices: choice.choices, fields };
}

const isChoice = (schema: Record<string, unknown>) => 'enum' in schema || 'const' in schema;

function requiredOf(root: Record<string, unknown>, names: readonly string[]): ReadonlySet<unknown> {
  const required = root.required ?? [];
  if (!Array.isArray(required)) throw refused('"required" is no list');
  for (const name of required as unknown[]) {
    if (typeof name !== 'string' || !names.includes(name)) {
      throw refused(`${text(name)} is required but no property`);
    }
  }
  return new Set(required as unknown[]);
}

function choicesOf(schema: Record<string, unknown>, where: string): readonly string[] {
  onlyKeywords(schema, textKeywords, where);
  if (schema.type !== undefined && schema.type !== 'string')
    throw refused(`${where} has the type ${text(schema.type)}`);
  const listed: unknown = 'enum' in schema ? schema.enum : [schema.const];
  if (!Array.isArray(listed) || listed.length === 0) {
    throw new InputError(
      `${where} has an empty "enum": there is nothing to choose from. List at least one text.`,
    );
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
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refused(`${where} is no object`);
  return value as Record<string, unknown>;
}

function refused(reason: string): InputError {
  return new InputError(
    `${reason}. An embedded model is held to a schema by masking its probabilities, which works for one choice among ` +
      'texts: {"type": "string", "enum": [...]}, or an object with one such property and, if wanted, plain strings ' +
      'and a number "confidence". Ask for text instead, or change the schema.',
  );
}

const text = (value: unknown): string =>
  value === undefined ? '(none)' : (JSON.stringify(value) ?? '(unreadable)');
