import type {
  Action,
  FeedbackLevel,
  Hindsight,
  Member,
  Note,
  Protocol,
  ProtocolStep,
  Question,
} from '../../../contracts/index.ts';
import { InputError } from '../../../core/index.ts';
import { act } from './act.ts';

/** What a coordinator may read: each agent's own observation, never the state. */
export interface AgentView {
  /** The agent's feature vector; valid during the call only. */
  readonly features: Float32Array;
  /** Indices into the task's actions, ascending. */
  readonly availableActions: readonly number[];
  /** The agent's previous action; undefined in the first step. */
  readonly lastAction?: number;
}

/** What is added to one agent's decision. */
export interface Coordination {
  /** Log-weights in nats, one per available action; see `Question.advice`. */
  readonly advice?: readonly number[];
  /** The action that the agent announces to its teammates in this step. */
  readonly broadcast?: number;
  /** What the agent is told about its own last action. */
  readonly feedback?: FeedbackLevel;
}

/** What rates a step that is over. */
export interface RatedStep {
  /** The global state before the step, `stateLength` numbers; valid during the call only. */
  readonly state: Float32Array;
  readonly views: readonly AgentView[];
  /** Indices into the task's actions, one per agent. */
  readonly jointAction: readonly number[];
}

/** Advice, announcements and feedback for one decision of every agent. */
export interface Coordinator {
  /** Called once per step, before any model is asked; one view in and one coordination out per agent. */
  coordinate(views: readonly AgentView[]): readonly Coordination[];
  /**
   * Privileged: rates what each agent has just done, from the state in which it did so. Called once per step, after
   * the agents have chosen; agents are told the phrases in the next step, and nothing else comes of them.
   */
  readonly hindsight?: (step: RatedStep) => readonly (FeedbackLevel | undefined)[];
}

export interface AdvisedOptions {
  /** Agents also say something in free words beside each choice, which all read from the next step on. */
  readonly freeText?: boolean;
  /** False: no model is asked, and agents act from softmax(advice) as if every model were indifferent. */
  readonly asked?: boolean;
}

/** The protocol of everything that advises: it can be taken apart and put together with others. */
export interface AdvisedProtocol extends Protocol {
  readonly coordinator: Coordinator;
}

type Words = Extract<Note, { kind: 'words' }>;

/** Words beside a choice, about sixty: what the instruction of the answer says. */
const besideChoice = { maxTokens: 120 } as const;

/**
 * Every agent decides for itself, all at once, and a coordinator adds to that: advice on its actions, what its
 * teammates announce, how its last action is rated.
 *
 * @example
 * begin: (stream) => advised((views) => views.map(({ availableActions }) => ({ broadcast: availableActions[0] })))
 */
export function advised(
  coordinate: Coordinator | Coordinator['coordinate'],
  { freeText = false, asked = true }: AdvisedOptions = {},
): AdvisedProtocol {
  const coordinator = typeof coordinate === 'function' ? { coordinate } : coordinate;
  const { hindsight } = coordinator;
  const said: Words[] = [];
  let rated: readonly (FeedbackLevel | undefined)[] | undefined;
  const next = (members: readonly Member[]) => {
    const own = coordinator.coordinate(members.map(viewOf));
    const told = rated;
    rated = undefined;
    return { own, told };
  };

  const decideAlone = ({ members }: ProtocolStep) =>
    coordinator
      .coordinate(members.map(viewOf))
      .map(({ advice }, i): Action => members[i].draw(undefined, advice));

  const decide = async (step: ProtocolStep): Promise<readonly Action[]> => {
    if (!asked) return decideAlone(step);
    const { members, time, horizon, tokens } = step;
    const { own, told } = next(members);
    const shared: Note[] = own.flatMap(({ broadcast }, from): Note[] =>
      broadcast === undefined ? [] : [{ kind: 'plan', from, action: broadcast }],
    );
    if (said.length > 0) shared.push(...said);
    const each = tokens === undefined ? undefined : tokens / members.filter(hasChoice).length;
    // Nobody hears what is said in the last step.
    const speaking = freeText && time + 1 < horizon;
    const texts: (string | undefined)[] = [];
    const actions = await Promise.all(
      members.map(async (member, i): Promise<Action> => {
        const { advice } = own[i];
        const privileged = told?.[i];
        const level = privileged ?? own[i].feedback;
        const notes = level
          ? [
              ...shared,
              { kind: 'feedback' as const, level, ...(privileged && { privileged: true as const }) },
            ]
          : shared;
        if (member.offer.kind !== 'choice') return act(member, notes);
        const question: { -readonly [key in keyof Question]: Question[key] } = { choose: true };
        if (notes.length > 0) question.notes = notes;
        if (advice) question.advice = advice;
        if (each !== undefined) question.tokens = each;
        if (speaking) question.write = besideChoice;
        const answer = await member.ask(question);
        texts[i] = answer.text;
        return member.draw(answer);
      }),
    );
    if (speaking)
      texts.forEach((text, from) => {
        if (text !== undefined) said.push({ kind: 'words', from, round: time + 1, text });
      });
    return actions;
  };

  return {
    coordinator,
    decide,
    recall: (members) => void next(members),
    ...(hindsight && {
      hindsight: ({ state, members, actions }: Hindsight) => {
        rated = hindsight({ state, views: members.map(viewOf), jointAction: actions as readonly number[] });
      },
    }),
  };
}

/**
 * What a strategy's protocol adds to the agents' decisions.
 * @param who what it is taken from, for errors
 * @throws InputError for a protocol of another kind
 */
export function coordinatorOf(protocol: Protocol, who = 'This strategy'): Coordinator {
  if ('coordinator' in protocol) return (protocol as AdvisedProtocol).coordinator;
  throw new InputError(
    `${who} does more than advise one decision of each agent, so no part can be taken from it. Take parts from ` +
      'strategies that advise, such as vdn, or from functions of your own.',
  );
}

const none: readonly number[] = [];

function viewOf({ features, offer, lastAction }: Member): AgentView {
  return {
    features,
    availableActions: offer.kind === 'choice' ? offer.actions : none,
    ...(typeof lastAction === 'number' && { lastAction }),
  };
}

function hasChoice({ offer }: Member): boolean {
  return offer.kind === 'choice' && offer.actions.length > 1;
}
