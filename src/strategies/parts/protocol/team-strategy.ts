import type {
  Action,
  JsonObject,
  ProtocolStep,
  QuestionKind,
  StrategyDefinition,
  StrategyPart,
  Task,
} from '../../../contracts/index.ts';
import type { RandomStream } from '../../../core/index.ts';
import { type Place, placeIn } from './place.ts';
import { type Seats, seating, type TalkOptions } from './seats.ts';
import { stepStreams } from './step-stream.ts';
import { type Hearing, hearing, type TopologyOptions } from './topology.ts';

/** A team in one step: all that its way of working reads. */
export interface TeamStep<Options, Memory = undefined> extends Seats, Omit<ProtocolStep, 'members'> {
  readonly options: Options;
  readonly task: Task;
  /** Whom each agent hears, drawn once an episode; everybody else where there is no option `topology`. */
  readonly hears: Hearing;
  /** The agent that the option `place` names; the last where there is none. */
  readonly placed: number;
  /** Random numbers of this step alone. */
  readonly drawing: RandomStream;
  /** What lasts over the steps of an episode, and over its attempts. */
  readonly memory: Memory;
  /** The parts that are taken away. */
  readonly without: readonly StrategyPart[];
}

/** A way of working as a team: what is its own, with options that may hold `topologyOptions` and one `placeOption`. */
export interface TeamWork<Options, Memory> extends Pick<StrategyDefinition, 'id' | 'title' | 'revision'> {
  readonly parts?: StrategyDefinition['parts'];
  readonly optionsSchema: StrategyDefinition<Options & JsonObject>['optionsSchema'];
  /** Choices and texts when absent. */
  asks?(options: Options, task: Task): readonly QuestionKind[];
  /** The option that names an agent. */
  readonly place?: keyof Options & string;
  /** The study's judges that it asks; none when absent. */
  judges?(options: Options): readonly string[];
  /** Among whom of so many agents the topology is; everybody when absent. */
  among?(placed: number, agents: number): readonly number[];
  /** What lasts over the steps of an episode, as it begins. */
  remembers?(): Memory;
  /** One action per member; see `Protocol`. */
  decide(team: TeamStep<Options, Memory>): Promise<readonly Action[]>;
}

type TeamOptions = JsonObject & TalkOptions & Partial<TopologyOptions>;

/** The strategy of a way of working: it seats the team, draws who hears whom, and gives each step its random numbers. */
export function teamStrategy<Options extends TeamOptions, Memory = undefined>({
  parts = [],
  ...work
}: TeamWork<Options, Memory>): StrategyDefinition<Options> {
  const { id, title, revision, optionsSchema } = work;
  return {
    ...{ id, title, revision, parts, optionsSchema },
    create: async (options, { task }, without) => {
      const { agentNames } = task;
      const { topology = 'all', p = 0, roles } = options;
      const placed = placeIn(work.place ? (options[work.place] as Place) : 'last', agentNames, work.place);
      const among = work.among?.(placed, agentNames.length) ?? agentNames.map((_, self) => self);
      return {
        fingerprint: {},
        asks: work.asks?.(options, task) ?? ['choice', 'text'],
        ...(work.judges && { judges: work.judges(options) }),
        begin: (stream) => {
          const seats = seating(roles);
          const drawn = hearing({ topology, p }, among.length, stream);
          const hears = agentNames.map((_, self) => (drawn[among.indexOf(self)] ?? []).map((k) => among[k]));
          const streamOf = stepStreams(stream);
          const memory = work.remembers?.() as Memory;
          return {
            decide: (step) => {
              const drawing = streamOf(step.time);
              return work.decide({
                ...step,
                ...seats(step),
                options,
                task,
                hears,
                placed,
                drawing,
                memory,
                without,
              });
            },
          };
        },
      };
    },
  };
}
