import { z } from 'zod';
import {
  type JsonObject,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
  type StrategyPart,
  strategyParts,
} from '../../contracts/index.ts';
import {
  type AgentView,
  advised,
  type Coordination,
  type Coordinator,
  coordinatorOf,
} from './protocol/advised.ts';
import { InputError, randomStream, type RandomStream } from '../../core/index.ts';

/** A strategy with some of its options; the others have their defaults. */
export interface StrategyChoice {
  readonly id: StrategyDefinition;
  readonly [option: string]: unknown;
}

/** One value per agent, from what the agents see; undefined where an agent gets none. */
export type OwnPart<Value> = (
  views: readonly AgentView[],
  stream: RandomStream,
) => readonly (Value | undefined)[];

/** A part of a strategy: another strategy's, or an own function. */
export type PartSource<Value> = StrategyDefinition | StrategyChoice | OwnPart<Value>;

export interface Composition {
  readonly id: string;
  readonly title?: string;
  /** Raise it when an own function changes: stored runs are addressed by it. 1 when absent. */
  readonly revision?: number;
  /** Log-weights in nats, one per available action. */
  readonly advice?: PartSource<readonly number[]>;
  /** The action that an agent announces to its teammates. */
  readonly broadcast?: PartSource<NonNullable<Coordination['broadcast']>>;
  /** How an agent's last action is rated. */
  readonly feedback?: PartSource<NonNullable<Coordination['feedback']>>;
}

const fields = ['advice', 'broadcast', 'feedback'] as const;
type Field = (typeof fields)[number];

/** The field that is left out where a part of a strategy is taken away. */
const fieldOf: Readonly<Partial<Record<StrategyPart, Field>>> = { credit: 'feedback', messages: 'broadcast' };

/**
 * A new strategy from parts of others: one gives the advice, another the broadcasts, a third the feedback, and any
 * of them may be an own function. What is not named is left out.
 *
 * Strategies that are taken from serve with the weights they have, so nothing is trained anew. Ablations take a
 * part away everywhere: `credit` the feedback, `messages` the broadcasts, and both in the strategies taken from.
 *
 * @example
 * const advisedTalkers = composeStrategy({ id: 'advised-talkers', advice: vdn(), broadcast: commnet() });
 * await run({ name: 'mine', models: ['pocket-32k'], strategies: ['vdn', advisedTalkers], tasks: ['coverage'] });
 */
export function composeStrategy(composition: Composition): StrategyDefinition {
  const { id, title = `Composed strategy ${id}`, revision = 1 } = composition;
  const used = fields.filter((field) => composition[field] !== undefined);
  const sources = new Map(used.map((field) => [field, sourceOf(id, field, composition[field]!)]));
  const parts = strategyParts.filter(
    (part) =>
      (fieldOf[part] !== undefined && used.includes(fieldOf[part])) ||
      [...sources.values()].some((source) => source.definition?.parts.includes(part)),
  );
  return {
    id,
    title,
    revision,
    parts,
    ...([...sources.values()].some(({ definition }) => definition?.needsSimulator) && {
      needsSimulator: true,
    }),
    optionsSchema: z.strictObject({}),
    create: async (_, context, without) => {
      const left = new Set<Field | undefined>(without.map((part) => fieldOf[part]));
      const made = new Map<Field, Strategy>();
      for (const [field, source] of sources)
        if (!left.has(field)) made.set(field, await source.create(context, without));
      return {
        fingerprint: Object.fromEntries([...made].map(([field, { fingerprint }]) => [field, fingerprint])),
        begin: (stream) => {
          // One number names the streams of all parts, so that a further part changes no other's draws.
          const name = stream.next();
          const parts = [...made].map(([field, part]) => {
            const who = `The source of the ${field} of "${id}"`;
            return [field, coordinatorOf(part.begin(randomStream('part', field, name)), who)] as const;
          });
          return advised(together(new Map(parts)), { freeText: context.freeText });
        },
      };
    },
  };
}

interface Source {
  readonly definition?: StrategyDefinition;
  create(context: StrategyContext, without: readonly StrategyPart[]): Promise<Strategy>;
}

function sourceOf(id: string, field: Field, source: PartSource<unknown>): Source {
  if (typeof source === 'function') return { create: async () => ownPart(id, field, source) };
  const chosen = 'optionsSchema' in source ? { definition: source, options: {} } : takenApart(source);
  const { definition, options } = chosen as { definition: StrategyDefinition; options: object };
  const parsed = definition.optionsSchema.safeParse(options);
  if (!parsed.success)
    throw new InputError(
      `The options of "${definition.id}" in "${id}" are wrong: ${z.prettifyError(parsed.error)}`,
    );
  return {
    definition,
    create: async (context, without) => {
      const own = without.filter((part) => definition.parts.includes(part));
      const strategy = await definition.create(parsed.data, context, own);
      const { id: from, revision } = definition;
      const fingerprint: JsonObject = {
        ...{ from, revision, options: parsed.data, without: own },
        fingerprint: strategy.fingerprint,
      };
      return { ...strategy, fingerprint };
    },
  };
}

function takenApart({ id, ...options }: StrategyChoice) {
  return { definition: id, options };
}

function ownPart(id: string, field: Field, compute: OwnPart<unknown>): Strategy {
  return {
    fingerprint: { from: 'own' },
    begin: (stream) =>
      advised((views) => {
        const values = compute(views, stream);
        if (values.length !== views.length)
          throw new InputError(
            `The own ${field} of "${id}" returned ${values.length} values for ${views.length} agents. ` +
              'Return one value per agent, undefined where an agent gets none.',
          );
        return values.map((value) => (value === undefined ? {} : { [field]: value }));
      }),
  };
}

/** One coordinator per field; each gives only what it is there for. */
function together(coordinators: ReadonlyMap<Field, Coordinator>): Coordinator {
  const hindsight = coordinators.get('feedback')?.hindsight;
  return {
    coordinate: (views) => {
      const all = views.map((): Coordination => ({}));
      for (const [field, coordinator] of coordinators) {
        coordinator.coordinate(views).forEach((given, i) => {
          if (given[field] !== undefined) all[i] = { ...all[i], [field]: given[field] };
        });
      }
      return all;
    },
    ...(hindsight && { hindsight }),
  };
}
