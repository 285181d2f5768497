import type {
  Action,
  JsonObject,
  Model,
  Offer,
  Simulator,
  StrategyDefinition,
  StrategyPart,
  Task,
  TextRequest,
} from '../../src/contracts/index.ts';
import { randomStream } from '../../src/core/index.ts';
import { playEpisode } from '../../src/episode/index.ts';

// Plays a strategy over answers that a test writes down, and keeps who was asked what in which order, and what each
// of them read.

/** One question as a model met it. */
export interface Asked {
  readonly who: string;
  /** It was asked to speak, to write its text, or to choose. */
  readonly form: 'say' | 'write' | 'choose';
  /** From 1: the step of the episode. */
  readonly step: number;
  /** What it read of others and of itself, in order: `Ann: a1` for words, `Bob plans red` for plans. */
  readonly reads: readonly string[];
  /** What the strategy wanted of it, in order. */
  readonly briefs: readonly string[];
  /** What it saw, and whose sight it had. */
  readonly prompt: string;
  readonly seed: number;
}

export interface Played {
  readonly asked: readonly Asked[];
  /** Of each step the joint action, choices as words. */
  readonly actions: readonly (readonly string[])[];
}

export interface Stage {
  readonly options?: JsonObject;
  /** What each agent is offered; who chooses is given the words of its actions. Their number is the size of the team. */
  readonly offers: readonly ('write' | 'program' | 'talk' | readonly string[])[];
  readonly steps?: number;
  readonly attempts?: number;
  /** What a joint action, choices as words, is paid after the one before it; 0 when absent. */
  readonly pays?: (joint: readonly string[], before: readonly string[]) => number;
  /** What each agent sees besides its step: what was done in the step before, choices as words. */
  readonly shows?: (agent: number, before: readonly string[]) => string;
  /** What the task measures beside it. */
  readonly measures?: Readonly<Record<string, number>>;
  /** Each agent's own gain of a joint action, where the task says it. */
  readonly shares?: (joint: readonly string[]) => readonly number[];
  /** The task can be simulated, so that transcripts are played again. */
  readonly simulated?: true;
  readonly without?: readonly StrategyPart[];
  /** Tokens of the whole episode. */
  readonly tokens?: number;
  /** Names the random streams of the episode. */
  readonly name?: string;
  /** Exact probabilities where it chooses; else it answers in words. True when absent. */
  readonly exact?: boolean;
  /** What its model says a text is about; it has no vectors when absent. */
  readonly vector?: (text: string) => readonly number[];
  /** What it answers: words, or the word of the action that it chooses. */
  readonly reply: (asked: Asked, count: number) => string;
}

export const agentNames = ['Ann', 'Bob', 'Cal', 'Dan', 'Eve', 'Fay', 'Gus', 'Hal', 'Ida'];
const tokensPerCall = { inputTokens: 8, outputTokens: 2 };

export async function playStep<Options extends JsonObject>(
  definition: StrategyDefinition<Options>,
  stage: Stage,
): Promise<Played> {
  const {
    options = {},
    offers,
    steps = 1,
    tokens,
    name = 'played step',
    exact = true,
    vector,
    reply,
  } = stage;
  const { attempts = 1, pays = () => 0, shows = () => '', measures, shares, simulated, without = [] } = stage;
  const words = [...new Set(offers.flatMap((offer) => (typeof offer === 'string' ? [] : offer)))];
  const inWords = (action: Action) => (typeof action === 'number' ? words[action] : action);
  const offered = offers.map((offer): Offer => {
    if (offer === 'write') return { kind: 'text', maxTokens: 50, form: 'prose' };
    if (offer === 'program') return { kind: 'text', maxTokens: 50, form: 'code' };
    if (offer === 'talk') return { kind: 'none' };
    return { kind: 'choice', actions: offer.map((word) => words.indexOf(word)).sort((a, b) => a - b) };
  });
  const task: Task = {
    agentNames: agentNames.slice(0, offers.length),
    actions: words,
    horizon: steps,
    rules: 'The rules.',
    generate: () => 0,
    references: () => ({ low: 0, high: 1, lowStandardError: 0 }),
    // Nothing of it is read but that it is there.
    ...(simulated && { simulator: { featureLength: 0, stateLength: 0 } as Simulator }),
    start: () => {
      let time = 0;
      let before: readonly string[] = [];
      return {
        get time() {
          return time;
        },
        get done() {
          return time === steps;
        },
        offer: (agent) => offered[agent],
        observe: (agent) => `Step ${time + 1}, sight of ${agentNames[agent]}.${shows(agent, before)}`,
        step: (joint) => {
          time++;
          const done = joint.map(inWords);
          const reward = pays(done, before);
          before = done;
          return { reward, ...(measures && { measures }), ...(shares && { shares: shares(done) }) };
        },
      };
    },
  };
  const asked: Asked[] = [];
  const meet = (form: Asked['form'], { prompt, seed }: Pick<TextRequest, 'prompt' | 'seed'>) => {
    const lines = prompt.split('\n');
    const question: Asked = {
      who: /^You are (\w+)\./.exec(prompt)![1],
      form,
      step: Number(/Step (\d+)/.exec(prompt)![1]),
      reads: [
        ...[...lines[0].matchAll(/(\w+) plans (\w+)\./g)].map(([, who, what]) => `${who} plans ${what}`),
        ...lines.flatMap((line) => {
          const [, who, what] = /^Round \d+, (\w+)(?: \(you\))?(?:: "(.*)"| wrote this:)$/.exec(line) ?? [];
          return who === undefined ? [] : [`${who}: ${what ?? programAfter(lines, line)}`];
        }),
      ],
      briefs: lines.flatMap((line) => /^For now: (.*)$/.exec(line)?.slice(1) ?? []),
      prompt,
      seed,
    };
    asked.push(question);
    return reply(question, asked.filter(({ who }) => who === question.who).length);
  };
  const model: Model = {
    facts: {},
    fingerprint: {},
    generate: async (request) => {
      const { prompt, schema } = request;
      const says = prompt.includes('What do you say to your teammates');
      const writes = /Write your (?:text|program), at most/.test(prompt);
      if (schema ?? !(says || writes))
        return { text: JSON.stringify({ action: meet('choose', request) }), usage: tokensPerCall };
      return { text: meet(says ? 'say' : 'write', request), usage: tokensPerCall };
    },
    ...(vector && { embed: async (texts) => texts.map((text) => Float32Array.from(vector(text))) }),
    ...(exact && {
      score: async (request) => {
        const { candidates } = request;
        const place = candidates.indexOf(meet('choose', request));
        if (place < 0) return { usage: tokensPerCall };
        return { distribution: candidates.map((_, k) => (k === place ? 1 : 0)), usage: tokensPerCall };
      },
    }),
    close: async () => {},
  };
  const strategy = await definition.create(
    definition.optionsSchema.parse(options),
    { task, taskId: 'stage', taskOptions: {}, seed: 0, adviceStrength: 'default' },
    without,
  );
  const { steps: played } = await playEpisode({
    ...{ task, model, strategy, strategyName: definition.id, instance: 0, temperature: 1 },
    references: task.references(0, randomStream('references')),
    maxInteractions: steps,
    attempts,
    streamName: [name],
    ...(tokens !== undefined && { tokens }),
  });
  return { asked, actions: played.map(({ agents }) => agents.map(({ action }) => inWords(action))) };
}

/** The lines that stand behind the mark of programs after this one. */
function programAfter(lines: readonly string[], heading: string): string {
  const rest = lines.slice(lines.indexOf(heading) + 1);
  const end = rest.findIndex((line) => !line.startsWith('| '));
  return rest
    .slice(0, end)
    .map((line) => line.slice(2))
    .join('\n');
}

/** `Ann says`, `Bob chooses`: who was asked for what, in order. */
export function order({ asked }: Played): string[] {
  return asked.map(({ who, form }) => `${who} ${form}s`);
}
