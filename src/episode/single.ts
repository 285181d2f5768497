import { type AgentTrace, type DecisionRequest, type Model, sumUsage } from '../contracts/index.ts';
import { askModel } from './asking/ask-model.ts';
import { type NamePart, randomStream } from '../core/index.ts';
import { composePrompt, composeSinglePrompt, observationOfAll, type SeenMember } from '../prompt/index.ts';
import { type Act, actOn, mostFrequent } from './acting.ts';
import type { Situation } from './situation.ts';
import { affordable, repetition } from './repeat.ts';
import { TruncatedError } from './truncated.ts';

export interface SingleTurn {
  readonly task: {
    readonly agentNames: readonly string[];
    readonly actions: readonly string[];
    readonly rules: string;
  };
  readonly model: Model;
  readonly how: 'one-call' | 'best-of-n';
  readonly temperature: number;
  readonly situations: readonly Situation[];
  /** Per agent, the seed of its question and the draw of its action. */
  readonly draws: readonly { readonly seed: number; readonly draw: number }[];
  readonly streamName: readonly NamePart[];
  readonly time: number;
  /** What the step is called. */
  readonly name?: string;
  /** Tokens that the step may use, where a study gives every strategy the same. */
  readonly share?: number;
}

type MemberTrace = Omit<AgentTrace, 'availableActions' | 'action' | 'answered'> & Act;

/** One joint choice: what was asked and answered for each member that has a choice. */
interface Candidate {
  readonly members: readonly MemberTrace[];
  /** The probability that the model gives the joint choice, where it scores exactly. */
  readonly probability?: number;
}

/**
 * One step of one agent that decides for everybody. Of several joint choices it takes the one that the model gives
 * the highest probability, where it scores exactly; else, and among equals, the most frequent one, then the first.
 * Choices that could not be read count only where none could.
 *
 * @throws TruncatedError when a prompt was cut; ProviderError; the reason of `signal` when it aborts
 */
export async function decideTogether(turn: SingleTurn, signal?: AbortSignal): Promise<readonly AgentTrace[]> {
  const { task, situations } = turn;
  const seen = situations.map((situation, agent): SeenMember => ({
    name: task.agentNames[agent],
    observation: situation.observe(),
    availableActions: situation.availableActions.map((a) => task.actions[a]),
  }));
  const asked = seen.flatMap(({ availableActions }, agent) => (availableActions.length > 1 ? [agent] : []));
  const traces = situations.map(({ availableActions }): AgentTrace => ({
    availableActions,
    action: availableActions[0],
  }));
  if (asked.length === 0) return traces;

  const propose = (number: number) =>
    turn.model.decidesForTeams
      ? proposeAtOnce(turn, seen, asked, number, signal)
      : proposeInTurn(turn, seen, asked, number, signal);
  const first = await propose(0);
  const used = sumUsage(first.members.map(({ usage = {} }) => usage));
  const count =
    turn.share === undefined
      ? turn.how === 'best-of-n'
        ? teamWorth(turn, seen, asked)
        : 1
      : affordable(turn.share, used);
  const rest = await Promise.all(Array.from({ length: count - 1 }, (_, k) => propose(k + 1)));
  const all = [first, ...rest];
  const best = bestOf(all);
  for (const [k, agent] of asked.entries()) {
    const { pick, answered, ...told } = best.members[k];
    const { availableActions } = situations[agent];
    const usages = all.flatMap(({ members }) => members[k].usage ?? []);
    const sent = all.flatMap(({ members }) => members[k].sent ?? []);
    traces[agent] = {
      ...told,
      availableActions,
      ...(answered !== undefined && { answered: availableActions[answered] }),
      action: availableActions[pick],
      ...(count > 1 && told.prompt !== undefined && { calls: count }),
      ...(usages.length > 0 && { usage: sumUsage(usages) }),
      ...(sent.length > 0 && { sent }),
    };
  }
  return traces;
}

/** One call for all members. The trace stands with the first of them. */
async function proposeAtOnce(
  turn: SingleTurn,
  seen: readonly SeenMember[],
  asked: readonly number[],
  number: number,
  signal?: AbortSignal,
): Promise<Candidate> {
  const { model } = turn;
  const prompt = composeSinglePrompt(seen);
  const team = asked.map((agent) => ({ name: seen[agent].name, actions: seen[agent].availableActions }));
  const request = requestOf(turn, prompt, [], asked[0], number, 'the team');
  const { usage, answer, sent, ...decision } = await askModel(model, { ...request, team }, signal);
  if (decision.truncated) throw new TruncatedError('The prompt for the whole team did not fit the model.');
  const draws = drawsOf(turn, number);
  const { confidence } = decision;
  return {
    members: asked.map((agent, k) => ({
      ...(k === 0 && {
        prompt,
        ...(answer !== undefined && { answer }),
        ...(confidence !== undefined && { confidence }),
        usage,
        ...(sent && { sent }),
      }),
      ...actOn(
        [{ action: decision.team?.[k], usage }],
        undefined,
        { kind: 'words' },
        team[k].actions.length,
        draws[agent],
      ),
    })),
  };
}

/** One call per member, each knowing what was chosen before: for models that answer with one action. */
async function proposeInTurn(
  turn: SingleTurn,
  seen: readonly SeenMember[],
  asked: readonly number[],
  number: number,
  signal?: AbortSignal,
): Promise<Candidate> {
  const draws = drawsOf(turn, number);
  const members: MemberTrace[] = [];
  const chosen: { sender: string; action: string }[] = [];
  for (const agent of asked) {
    const { name, availableActions } = seen[agent];
    const observation = observationOfAll(seen[agent], seen);
    const prompt = composePrompt({ agentName: name, observation, availableActions, broadcasts: chosen });
    const request = requestOf(turn, prompt, availableActions, agent, number, name);
    const decision = await askModel(turn.model, request, signal);
    const { answer, usage, sent } = decision;
    if (decision.truncated)
      throw new TruncatedError(`The prompt for ${name}, with what all others see, did not fit the model.`);
    const act = actOn([decision], undefined, { kind: 'words' }, availableActions.length, draws[agent]);
    chosen.push({ sender: name, action: availableActions[act.pick] });
    members.push({ prompt, usage, ...(answer !== undefined && { answer }), ...(sent && { sent }), ...act });
  }
  const shares = members.flatMap(({ distribution, pick }) => distribution?.[pick] ?? []);
  return {
    members,
    ...(shares.length === members.length && { probability: shares.reduce((product, p) => product * p, 1) }),
  };
}

function requestOf(
  { task, temperature, draws, name }: SingleTurn,
  prompt: string,
  actions: readonly string[],
  agent: number,
  number: number,
  whom: string,
): DecisionRequest {
  const call = name === undefined ? {} : { call: `${name}, ${whom}` };
  return repetition(
    { prefix: task.rules, prompt, actions, temperature, seed: draws[agent].seed, ...call },
    number,
  );
}

/** The first joint choice is drawn as a team's would be; further ones have draws of their own. */
function drawsOf({ draws, streamName, time }: SingleTurn, number: number): readonly number[] {
  if (number === 0) return draws.map(({ draw }) => draw);
  const stream = randomStream('joint choice', ...streamName, time, number);
  return draws.map(() => stream.next());
}

/** How many joint choices the tokens of the team would pay for, by the length of what either would read. */
function teamWorth(
  { task, model }: SingleTurn,
  seen: readonly SeenMember[],
  asked: readonly number[],
): number {
  const read = (prompts: readonly string[]) =>
    prompts.reduce((sum, prompt) => sum + task.rules.length + prompt.length, 0);
  const promptOf = (agent: number, observation: string) =>
    composePrompt({
      agentName: seen[agent].name,
      observation,
      availableActions: seen[agent].availableActions,
    });
  const team = read(asked.map((agent) => promptOf(agent, seen[agent].observation)));
  const single = model.decidesForTeams
    ? read([composeSinglePrompt(seen)])
    : read(asked.map((agent) => promptOf(agent, observationOfAll(seen[agent], seen))));
  return Math.max(1, Math.round(team / single));
}

function bestOf(candidates: readonly Candidate[]): Candidate {
  const read = candidates.filter(({ members }) => members.every(({ unparsable }) => !unparsable));
  const chosen = read.length > 0 ? read : candidates;
  const highest = Math.max(...chosen.map(({ probability = 0 }) => probability));
  return mostFrequent(
    chosen.filter(({ probability = 0 }) => probability === highest),
    ({ members }) => members.map(({ pick }) => pick).join(),
  );
}
