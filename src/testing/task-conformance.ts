import assert from 'node:assert/strict';
import {
  type Environment,
  type Json,
  type JsonObject,
  measureReferences,
  type ScenePanel,
  type Task,
  type TaskDefinition,
  TaskError,
} from '../contracts/index.ts';
import { randomStream, type RandomStream } from '../core/index.ts';
import { bestReturn } from './brute-force.ts';
import type { Check } from './check.ts';

/** A joint policy that may look at everything; used to try whether anything beats the oracle. */
export type JointPolicy = (environment: Environment, task: Task, stream: RandomStream) => readonly number[];

export interface TaskConformanceOptions {
  /** Options to test with; the task's defaults when absent. */
  readonly options?: JsonObject;
  /** How many instances each check draws. */
  readonly instances?: number;
  /**
   * Returns an environment that differs from the given one only in what `agent` must not know, or undefined
   * where there is nothing to hide. Without it the leak check is impossible, so it is required; a task in
   * which every agent sees everything says 'everything is visible'.
   */
  readonly perturbHidden:
    | ((
        task: Task,
        instance: Json,
        environment: Environment,
        agent: number,
        stream: RandomStream,
      ) => Environment | undefined)
    | 'everything is visible';
  /** Policies that try to beat the oracle, besides random and one-step greedy play. */
  readonly policies?: Readonly<Record<string, JointPolicy>>;
  /** Options so small that all joint plans can be tried, and whether the oracle is exact there. */
  readonly bruteForce: {
    readonly options: JsonObject;
    readonly instances: number;
    /** The oracle may exceed the best plan by at most this much on average, in units of oracle - random. */
    readonly meanSlack: number;
  };
}

/**
 * What every task must fulfil. Runs in any test framework:
 * `for (const check of taskConformance(myTask, ...)) it(check.name, check.run)`.
 */
export function taskConformance(definition: TaskDefinition, config: TaskConformanceOptions): Check[] {
  const make = (options: JsonObject = {}) => definition.create(definition.optionsSchema.parse(options));
  const task = make(config.options);
  const count = config.instances ?? 25;
  const draw = (k: number) => task.generate(randomStream('conformance', definition.id, k));
  const each = (body: (instance: Json, stream: RandomStream, k: number) => void) => {
    for (let k = 0; k < count; k++) body(draw(k), randomStream('conformance', definition.id, 'play', k), k);
  };
  return [
    {
      name: 'the same seed gives the same instance and the same trajectory',
      run: () =>
        each((instance, _, k) => {
          assert.deepEqual(draw(k), instance);
          assert.deepEqual(JSON.parse(JSON.stringify(instance)), instance, 'an instance must survive JSON');
          const trajectories = [0, 1].map(() => transcript(task, draw(k), randomStream('trajectory', k)));
          assert.deepEqual(trajectories[0], trajectories[1]);
        }),
    },
    {
      name: 'vectors are finite and full, actions are ascending and known, the expert takes one of them, episodes end by the horizon',
      run: () => each((instance, stream) => checkShapes(task, instance, stream)),
    },
    {
      name: 'what there is to see is plain data, from the start to after the end',
      run: () => each((instance, stream) => checkScenes(task, instance, stream)),
    },
    {
      name: 'nothing happens after the end',
      run: () => each((instance, stream) => checkEnd(task, instance, stream)),
    },
    {
      name: 'unavailable actions and wrong team sizes are refused',
      run: () => each((instance) => checkRefusals(task, instance)),
    },
    {
      name: 'copies are independent and snapshots bring back the same future',
      run: () => each((instance, stream, k) => checkCopies(task, instance, stream, k)),
    },
    {
      name: 'an observation does not depend on what its agent cannot know',
      run: () => checkLeaks(task, config, each),
    },
    {
      name: 'the oracle bounds every policy tried, and leaves room above random play',
      run: () => {
        const policies: Record<string, JointPolicy> = { greedy: greedyPolicy, ...config.policies };
        if (task.expert) policies.expert = expertPolicy;
        each((instance, stream, k) => {
          const { oracle } = measureReferences(task, instance, stream);
          for (const [name, policy] of Object.entries(policies)) {
            const reached = play(task, instance, policy, randomStream('policy', name, k));
            assert.ok(reached <= oracle + 1e-9, `${name} returned ${reached}, above the oracle's ${oracle}`);
          }
        });
      },
    },
    {
      name: 'brute force over all joint plans agrees with the oracle on small instances',
      run: () => {
        const small = make(config.bruteForce.options);
        let slack = 0;
        for (let k = 0; k < config.bruteForce.instances; k++) {
          const instance = small.generate(randomStream('brute-force', definition.id, k));
          const best = bestReturn(small, small.start(instance));
          const { oracle, random } = measureReferences(
            small,
            instance,
            randomStream('brute-force-random', k),
          );
          assert.ok(
            oracle >= best - 1e-9,
            `instance ${k}: the oracle says ${oracle}, a plan returns ${best}`,
          );
          slack += (oracle - best) / (oracle - random) / config.bruteForce.instances;
        }
        assert.ok(
          slack <= config.bruteForce.meanSlack + 1e-12,
          `the oracle exceeds the best plan by ${slack} of oracle - random on average`,
        );
      },
    },
  ];
}

/** The return of an episode under a joint policy. */
export function play(task: Task, instance: Json, policy: JointPolicy, stream: RandomStream): number {
  const environment = task.start(instance);
  let total = 0;
  while (!environment.done) total += environment.step(policy(environment, task, stream));
  return total;
}

const randomJointAction: JointPolicy = (environment, task, stream) =>
  task.agentNames.map((_, agent) => stream.pick(environment.availableActions(agent)));

/** Best immediate team reward, one agent after the other, ties at random. */
const greedyPolicy: JointPolicy = (environment, task, stream) => {
  const joint = [...randomJointAction(environment, task, stream)];
  for (let agent = 0; agent < joint.length; agent++) {
    let best = -Infinity;
    for (const action of stream.shuffle(environment.availableActions(agent))) {
      const trial = environment.copy();
      const reward = trial.step(joint.map((a, other) => (other === agent ? action : a)));
      if (reward > best) {
        best = reward;
        joint[agent] = action;
      }
    }
  }
  return joint;
};

/** Every agent played by the task's expert, without announcements. */
export const expertPolicy: JointPolicy = (environment, task) =>
  task.agentNames.map((_, agent) => {
    if (!task.expert) throw new TaskError('This task has no expert.');
    return task.expert(environment, agent, []);
  });

function view(task: Task, environment: Environment, agent: number) {
  const features = new Float32Array(task.featureLength);
  environment.features(agent, features);
  return {
    text: environment.observe(agent),
    features: [...features],
    actions: [...environment.availableActions(agent)],
    expert: task.expert?.(environment, agent, []),
    scene: environment.view?.(agent),
  };
}

/** One announcement per teammate, of an action that it has in all of the environments. */
function randomAnnouncements(
  task: Task,
  environments: readonly Environment[],
  agent: number,
  stream: RandomStream,
): (number | undefined)[] {
  return task.agentNames.map((_, other) => {
    if (other === agent) return undefined;
    const [first, ...rest] = environments.map((environment) => environment.availableActions(other));
    const shared = first.filter((action) => rest.every((actions) => actions.includes(action)));
    return shared.length === 0 ? undefined : stream.pick(shared);
  });
}

function stateOf(task: Task, environment: Environment): number[] {
  const state = new Float32Array(task.stateLength);
  environment.state(state);
  return [...state];
}

function transcript(task: Task, instance: Json, stream: RandomStream) {
  const environment = task.start(instance);
  const steps = [];
  while (!environment.done) {
    const views = task.agentNames.map((_, agent) => view(task, environment, agent));
    const joint = randomJointAction(environment, task, stream);
    steps.push({ state: stateOf(task, environment), views, joint, reward: environment.step(joint) });
  }
  return steps;
}

function checkShapes(task: Task, instance: Json, stream: RandomStream) {
  const environment = task.start(instance);
  const guard = 7.5;
  while (!environment.done) {
    assert.ok(environment.time < task.horizon, 'the episode went past its horizon');
    const state = new Float32Array(task.stateLength + 2).fill(guard);
    environment.state(state, 1);
    assertFilled(state, guard, 'state');
    task.agentNames.forEach((_, agent) => {
      const features = new Float32Array(task.featureLength + 2).fill(guard);
      environment.features(agent, features, 1);
      assertFilled(features, guard, `features of agent ${agent}`);
      const available = environment.availableActions(agent);
      assert.ok(available.length > 0, `agent ${agent} has no action`);
      available.forEach((a, k) => {
        assert.ok(Number.isInteger(a) && a >= 0 && a < task.actions.length, `unknown action ${a}`);
        assert.ok(k === 0 || a > available[k - 1], 'available actions must ascend');
      });
      assert.ok(environment.observe(agent).trim().length > 0, 'an observation is never empty');
      if (task.expert) {
        const announced = randomAnnouncements(task, [environment], agent, stream);
        const advice = [[], announced].map((told) => task.expert?.(environment, agent, told));
        for (const a of advice)
          assert.ok(available.includes(a as number), `the expert took ${a} of ${available.join(', ')}`);
      }
    });
    const time = environment.time;
    environment.step(randomJointAction(environment, task, stream));
    assert.equal(environment.time, time + 1);
  }
}

function checkScenes(task: Task, instance: Json, stream: RandomStream) {
  const environment = task.start(instance);
  for (;;) {
    for (const agent of [undefined, ...task.agentNames.keys()]) {
      const scene = environment.view?.(agent);
      assert.deepEqual(scene === undefined ? scene : JSON.parse(JSON.stringify(scene)), scene);
      for (const panel of scene ?? []) assertDrawable(panel, task);
    }
    if (environment.done) return;
    environment.step(randomJointAction(environment, task, stream));
  }
}

function assertDrawable(panel: ScenePanel, { agentNames }: Task) {
  const known = (agent: number) =>
    assert.ok(agent in agentNames, `a picture shows an unknown agent ${agent}`);
  switch (panel.kind) {
    case 'grid':
      for (const { column, row, agent } of panel.pieces) {
        const inside = column >= 0 && row >= 0 && column < panel.columns && row < panel.rows;
        assert.ok(inside, `a piece lies at (${column}, ${row}), outside its grid`);
        if (agent !== undefined) known(agent);
      }
      return;
    case 'chains':
      for (const part of panel.chains.flatMap((chain) => chain.parts)) known(part.agent);
      return;
    case 'talk':
      for (const line of panel.rounds.flatMap((round) => round.lines)) known(line.agent);
      return;
    case 'table':
      for (const row of panel.rows)
        assert.equal(row.length, panel.header.length, `a row of "${panel.title}" has another length`);
  }
}

function assertFilled(vector: Float32Array, guard: number, what: string) {
  assert.equal(vector[0], guard, `${what} wrote before its offset`);
  assert.equal(vector.at(-1), guard, `${what} wrote past its length`);
  vector.subarray(1, -1).forEach((x, k) => {
    assert.ok(Number.isFinite(x), `${what}[${k}] is ${x}`);
    assert.notEqual(x, guard, `${what}[${k}] was not written`);
  });
}

function checkEnd(task: Task, instance: Json, stream: RandomStream) {
  const environment = task.start(instance);
  let last: readonly number[] = [];
  while (!environment.done) {
    last = randomJointAction(environment, task, stream);
    environment.step(last);
  }
  assert.throws(() => environment.step(last), TaskError);
}

function checkRefusals(task: Task, instance: Json) {
  const environment = task.start(instance);
  const legal = task.agentNames.map((_, agent) => environment.availableActions(agent)[0]);
  assert.throws(() => environment.step(legal.slice(1)), TaskError);
  assert.throws(() => environment.step([...legal.slice(1), task.actions.length]), TaskError);
  assert.throws(() => environment.step([...legal.slice(1), -1]), TaskError);
  assert.equal(environment.time, 0, 'a refused action must leave the environment as it was');
}

function checkCopies(task: Task, instance: Json, stream: RandomStream, k: number) {
  const environment = task.start(instance);
  const steps = stream.integer(0, task.horizon - 1);
  for (let s = 0; s < steps && !environment.done; s++)
    environment.step(randomJointAction(environment, task, stream));
  const snapshot = environment.snapshot();
  const before = stateOf(task, environment);
  const futures = [environment.copy(), environment.copy()].map((copy) => rewards(task, copy, k));
  assert.deepEqual(futures[0], futures[1]);
  assert.deepEqual(stateOf(task, environment), before, 'stepping a copy changed the original');
  assert.deepEqual(rewards(task, environment, k), futures[0]);
  environment.restore(snapshot);
  assert.deepEqual(rewards(task, environment, k), futures[0], 'a restored snapshot had another future');
}

function rewards(task: Task, environment: Environment, k: number): number[] {
  const stream = randomStream('future', k);
  const out: number[] = [];
  while (!environment.done) out.push(environment.step(randomJointAction(environment, task, stream)));
  return out;
}

function checkLeaks(
  task: Task,
  config: TaskConformanceOptions,
  each: (body: (instance: Json, stream: RandomStream) => void) => void,
) {
  const { perturbHidden } = config;
  if (perturbHidden === 'everything is visible') return;
  let compared = 0;
  each((instance, stream) => {
    const environment = task.start(instance);
    while (!environment.done) {
      task.agentNames.forEach((_, agent) => {
        const other = perturbHidden(task, instance, environment, agent, stream);
        if (!other) return;
        compared++;
        assert.deepEqual(
          view(task, other, agent),
          view(task, environment, agent),
          'hidden facts reached the agent or its expert',
        );
        const announced = randomAnnouncements(task, [environment, other], agent, stream);
        assert.equal(
          task.expert?.(other, agent, announced),
          task.expert?.(environment, agent, announced),
          'hidden facts reached the expert through announcements',
        );
        assert.notDeepEqual(
          stateOf(task, other),
          stateOf(task, environment),
          'the perturbation changed nothing',
        );
      });
      environment.step(randomJointAction(environment, task, stream));
    }
  });
  assert.ok(
    compared >= 10,
    `only ${compared} perturbed situations were compared: the leak check means nothing`,
  );
}
