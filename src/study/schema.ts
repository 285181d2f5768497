import { z } from 'zod';
import { strategyParts, usualMargin } from '../contracts/index.ts';
import { adviceKinds, defaultSamples } from '../episode/advice.ts';
import { usualIdleTimeoutMs, usualQuestions } from '../episode/setting.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** A catalogue entry by id, with any of its options beside it; `label` names the level when ids repeat. */
const entryWithOptions = (id: z.ZodType, label: z.ZodType = levelLabel, further: object = {}) =>
  z.looseObject({ id, label, ...further }).describe('An id with any of its options.');

const levelLabel = z
  .string()
  .min(1)
  .optional()
  .describe('Name of this level in tables; needed when an id is listed twice.');
const noLabel = z.never('a judge has its name before the colon; remove its `label`').optional();

/** In a TypeScript study the definition itself may stand wherever an id may. */
const definition = z.custom<object>(
  (value) => typeof value === 'object' && value !== null && 'optionsSchema' in value && 'create' in value,
  'expected an id or a definition',
);

/** What an editor offers in the place of an id. */
interface KnownId {
  readonly id: string;
  readonly title: string;
}
export type KnownIds = Readonly<Record<'models' | 'strategies' | 'tasks', readonly KnownId[]>>;

/** Known ids are suggestions: own ones and ids that go on with an argument (`openai:<model>`) are strings, too. */
function idAmong(known: readonly KnownId[]): z.ZodType<string> {
  const any = z.string().min(1);
  const sorted = [...known].sort((a, b) => (a.id < b.id ? -1 : 1));
  return known.length === 0
    ? any
    : z.union([...sorted.map(({ id, title }) => z.literal(id).describe(title)), any]);
}

/** What only strategies say beside their options. */
const ofStrategies = {
  matches: z
    .string()
    .min(1)
    .optional()
    .describe('The label of another strategy of the study, whose tokens an episode it may spend.'),
};

function entryAmong(
  withDefinitions: boolean,
  known: readonly KnownId[] = [],
  label?: z.ZodType,
  further?: object,
) {
  const id = idAmong(known);
  return withDefinitions
    ? z.union([id, definition, entryWithOptions(z.union([id, definition]), label, further)])
    : z.union([id, entryWithOptions(id, label, further)]);
}

function entries(what: string, withDefinitions: boolean, known?: readonly KnownId[], further?: object) {
  const entry = entryAmong(withDefinitions, known, undefined, further);
  return z.array(entry).min(1, `list at least one ${what}`).describe(`The levels of the factor ${what}.`);
}

const judgeName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/, 'name a judge with letters, digits, "_" and "-", a letter first');

/** Why a study that grows until it knows has to say where it ends. */
const saysMost = {
  error: ({ input }: { readonly input?: unknown }) =>
    input === undefined
      ? 'say the most seeds, `most: {seeds: 400}`: the error is spent over them, and nothing else would end what a paid ' +
        'service is asked'
      : undefined,
};

function schema(withDefinitions: boolean, known?: KnownIds) {
  return z.strictObject({
    name: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
        'use letters, digits, ".", "_" and "-", starting with a letter or digit',
      )
      .describe('Name of the study and of its folder.'),
    models: entries('model', withDefinitions, known?.models),
    strategies: entries('strategy', withDefinitions, known?.strategies, ofStrategies),
    tasks: entries('task', withDefinitions, known?.tasks),
    judges: z
      .record(judgeName, entryAmong(withDefinitions, known?.models, noLabel))
      .default({})
      .describe('Models that play no agent, by the names under which tasks and strategies ask them.'),
    seeds: z
      .union([
        z.int().min(1).max(1_000_000),
        z
          .array(
            z
              .int()
              .min(0)
              .max(2 ** 31 - 1),
          )
          .min(1, 'list at least one seed'),
      ])
      .default(10)
      .describe('How many seeds (0, 1, 2, ...), or the list of them.'),
    episodes: z
      .int()
      .min(1)
      .max(10_000)
      .default(1)
      .describe('Episodes per run; their mean score is the run’s score.'),
    repeat: z
      .boolean()
      .default(false)
      .describe(
        'Plays questions or problems again where a run has more episodes than a task has of them; else that is refused.',
      ),
    attempts: z
      .int()
      .min(1)
      .max(20)
      .default(1)
      .describe(
        'How often each instance is played within an episode, alike for every strategy: what a strategy remembers it may ' +
          'use in the next attempt, and the last one scores.',
      ),
    maxInteractions: z
      .int()
      .min(1)
      .max(100_000)
      .default(20)
      .describe('The most joint actions in an episode, or in each of its attempts.'),
    ablations: z
      .array(z.enum(strategyParts))
      .default([])
      .describe('Parts to take away, one at a time, from every strategy that has them.'),
    factors: z
      .record(z.string(), z.array(scalar).min(1, 'list at least one level'))
      .default({})
      .describe(
        'Further factors: a setting of the study, or an option that all tasks, all models or all strategies have.',
      ),
    temperature: z.number().positive().max(100).default(1).describe('Softmax temperature of every model.'),
    adviceStrength: z
      .union([z.literal('default'), z.number().min(0).max(100)])
      .default('default')
      .describe('How far advice may move a model: mean KL divergence from uniform play, in nats.'),
    advice: z
      .union([
        z.enum(adviceKinds),
        z.strictObject({
          kind: z.literal('samples'),
          n: z.int().min(2).max(100).default(defaultSamples).describe('Answers of one decision.'),
        }),
      ])
      .optional()
      .describe(
        'How advice reaches a model: as a line of its prompt (words), through its exact probabilities, or through the ' +
          'shares of several answers (samples). Absent: probabilities where models score exactly, else words.',
      ),
    freeText: z
      .boolean()
      .default(false)
      .describe(
        'For old files: in a discussion, agents of strategies that advise also talk in free words beside their choice. ' +
          'Strategies that talk do so whatever it says, and are refused beside `true`; baselines never talk.',
      ),
    online: z
      .boolean()
      .default(false)
      .describe(
        'Trained strategies learn on from the finished episodes of each run; runs need at least 2 episodes.',
      ),
    margin: z
      .number()
      .positive()
      .max(1)
      .default(usualMargin)
      .describe('Largest difference of two scores that counts as none: “as good as” is claimed within it.'),
    until: z
      .strictObject({
        most: z
          .strictObject(
            {
              seeds: z.int(saysMost).min(2).max(1_000_000).describe('The most seeds of any strategy.'),
              minutes: z
                .number()
                .positive()
                .optional()
                .describe('No look begins after so many minutes of a start.'),
              usd: z.number().positive().optional().describe('As `budget.usd`.'),
            },
            saysMost,
          )
          .describe('Where it ends, known or not; `seeds` is needed, because the error is spent over them.'),
        margin: z
          .number()
          .positive('a margin is above 0: no two strategies are alike to the last digit')
          .max(1)
          .optional()
          .describe('As `margin` of the study.'),
        confidence: z.number().min(0.5).max(0.999).default(0.95).describe('Of all verdicts, over all looks.'),
      })
      .optional()
      .describe(
        'Adds seeds in looks until every strategy is settled: `seeds` is the first look, and each look spends its share ' +
          'of the error.',
      ),
    tokensPerRun: z
      .int()
      .positive()
      .optional()
      .describe(
        'Equal budgets: every run gets this many tokens, and asks again with what is left of each step’s share.',
      ),
    questionsPerDecision: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(usualQuestions)
      .describe(
        'The most questions to one agent in one step: a strategy that would ask forever ends with an error.',
      ),
    idleTimeoutMs: z
      .int()
      .min(1)
      .max(2 ** 31 - 1)
      .default(usualIdleTimeoutMs)
      .describe(
        'The longest, in ms, that a strategy may go without deciding while none of its questions is under way: one ' +
          'that awaits forever ends with an error.',
      ),
    mixedAnswers: z
      .boolean()
      .default(false)
      .describe(
        'Allows models that are asked in different ways (structured, text, probabilities) in one study.',
      ),
    concurrency: z.int().min(1).max(4096).default(32).describe('Episodes in flight at once.'),
    workers: z
      .int()
      .min(1)
      .max(256)
      .optional()
      .describe('Threads for embedded models; one per core when absent.'),
    budget: z
      .strictObject({
        tokens: z
          .number()
          .positive()
          .optional()
          .describe('Never use more than this many tokens, all models together.'),
        usd: z.number().positive().optional().describe('Never spend more than this many US dollars.'),
      })
      .default({})
      .describe('Limits on the whole study, earlier starts included.'),
  });
}

/** The schema of a study file: YAML and TypeScript alike. */
export const studySchema = schema(true);
export type StudyInput = z.input<typeof studySchema>;
export type StudySettings = z.output<typeof studySchema>;

/** JSON Schema of YAML study files, for editors, which offer the known ids. */
export function jsonSchemaOf(known: KnownIds): object {
  return {
    ...z.toJSONSchema(schema(false, known), { io: 'input', target: 'draft-7' }),
    title: 'AgentMesh-STM study',
  };
}

/** Settings of the study that a further factor may vary. */
export const variableSettings = [
  'temperature',
  'adviceStrength',
  'advice',
  'attempts',
  'maxInteractions',
  'freeText',
  'online',
] as const;
export type VariableSetting = (typeof variableSettings)[number];

/** One setting's own schema, to check the levels of a factor. */
export function settingSchema(name: VariableSetting): z.ZodType {
  return studySchema.shape[name];
}
