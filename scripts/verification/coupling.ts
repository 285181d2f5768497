/**
 * How much the agents of a task depend on each other: what knowing the teammates is worth to one decision. The
 * definition is told in docs/methods/coupling.md.
 */
import {
  type Simulation,
  type Json,
  measureReferences,
  scoreOf,
  type Simulator,
} from '../../src/contracts/index.ts';
import { type RandomStream, randomStream } from '../../src/core/index.ts';
import { average, meanInterval } from './interval.ts';
import { type Belief, type Decision, erringExpert, type Policy } from './coupling-beliefs.ts';

export interface CouplingSettings {
  /** Fresh instances of a namespace of their own. */
  readonly instances: number;
  /** Decisions of one episode on each, drawn among those in which there was a choice. */
  readonly decisions: number;
  /** Situations that the agent cannot tell from its own. */
  readonly situations: number;
  /** Most own actions that are compared. */
  readonly actions: number;
  /** How often a member of the team acts at random. */
  readonly errors: number;
}

export const usualSettings = { decisions: 2, situations: 32, actions: 6, errors: 0.2 } as const;

export interface Coupling {
  /** Score per decision gained by knowing where the teammates are and what they do, over instances. */
  readonly teammates: number;
  /** Its 95% t interval. */
  readonly interval: readonly [number, number];
  /** Score per decision gained by knowing what they do in a situation that is known. */
  readonly actions: number;
  /** Score of the expert without errors. */
  readonly expert: number;
}

/** Draws of a situation before the true one stands in, per situation wanted. */
const tries = 10;

export function measureCoupling(
  name: string,
  task: Simulator,
  beliefOf: (policy: Policy) => Belief,
  settings: CouplingSettings,
): Coupling {
  const policy = erringExpert(task, settings.errors);
  const belief = beliefOf(policy);
  const generator = randomStream('coupling', name, 'instances');
  const found = Array.from({ length: settings.instances }, (_, k) => {
    const instance = task.generate(generator);
    const stream = randomStream('coupling', name, 'play', k);
    const references = measureReferences(task, instance, stream);
    const worth = stream
      .shuffle(decisionsOf(task, instance, policy, stream))
      .slice(0, settings.decisions)
      .map((decision) => worthOfKnowing(task, decision, belief, policy, settings, stream));
    const perDecision = (values: readonly number[]) => average(values) / (references.high - references.low);
    return {
      teammates: perDecision(worth.map(({ teammates }) => teammates)),
      actions: perDecision(worth.map(({ actions }) => actions)),
      expert: scoreOf(continued(task, task.start(instance)), references),
    };
  });
  const teammates = found.map((one) => one.teammates);
  return {
    teammates: average(teammates),
    interval: meanInterval(teammates)!,
    actions: average(found.map(({ actions }) => actions)),
    expert: average(found.map(({ expert }) => expert)),
  };
}

/** The return from here on when all play as the expert says. */
function continued(task: Simulator, environment: Simulation): number {
  let total = 0;
  while (!environment.done)
    total += environment.step(task.agentNames.map((_, agent) => task.expert!(environment, agent, [])));
  return total;
}

/** Every decision of one episode of the team in which an agent had a choice. */
function decisionsOf(task: Simulator, instance: Json, policy: Policy, stream: RandomStream): Decision[] {
  const environment = task.start(instance);
  const decisions: Decision[] = [];
  const past: number[][] = [];
  while (!environment.done) {
    const now = environment.copy();
    task.agentNames.forEach((_, agent) => {
      if (now.availableActions(agent).length > 1)
        decisions.push({ instance, environment: now, past: [...past], agent });
    });
    const joint = task.agentNames.map((_, agent) => policy(environment, agent, stream));
    environment.step(joint);
    past.push(joint);
  }
  return decisions;
}

function worthOfKnowing(
  task: Simulator,
  decision: Decision,
  belief: Belief,
  policy: Policy,
  { situations, actions }: CouplingSettings,
  stream: RandomStream,
): { readonly teammates: number; readonly actions: number } {
  const { environment, agent } = decision;
  const best = task.expert!(environment, agent, []);
  const others = stream.shuffle(environment.availableActions(agent).filter((a) => a !== best));
  const own = [best, ...others.slice(0, actions - 1)];
  const known = new Map<string, readonly number[]>();
  /** The return of each own action while the teammates do what they happen to do there. */
  const returnsIn = (situation: Simulation): readonly number[] => {
    const joint = task.agentNames.map((_, i) => (i === agent ? -1 : policy(situation, i, stream)));
    const at = situation.snapshot();
    const key = JSON.stringify([at, joint]);
    let returns = known.get(key);
    if (!returns) {
      returns = own.map((action) => {
        situation.restore(at);
        const reward = situation.step(joint.with(agent, action));
        return reward + continued(task, situation);
      });
      situation.restore(at);
      known.set(key, returns);
    }
    return returns;
  };
  let left = situations * tries;
  const drawn = (): Simulation => {
    while (left-- > 0) {
      const situation = belief(decision, stream);
      if (situation) return situation;
    }
    return environment;
  };
  return {
    teammates: valueOfAdapting(Array.from({ length: situations }, () => returnsIn(drawn()))),
    actions: valueOfAdapting(Array.from({ length: situations }, () => returnsIn(environment))),
  };
}

/**
 * How much more the best own action of each case returns than the one that is best over all cases: the mean of the
 * largest less the largest of the means. Few cases make the second too large, so the value is understated if anything.
 *
 * @param returns [cases][own actions], at least one of each
 */
export function valueOfAdapting(returns: readonly (readonly number[])[]): number {
  const means = returns[0].map((_, action) => average(returns.map((row) => row[action])));
  return average(returns.map((row) => Math.max(...row))) - Math.max(...means);
}
