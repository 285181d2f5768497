import assert from 'node:assert/strict';
import {
  type Simulation,
  type Json,
  type ScenePanel,
  type Simulator,
  TaskError,
} from '../contracts/index.ts';
import { randomStream, type RandomStream } from '../core/index.ts';
import { randomJointAction } from './joint-policies.ts';

/**
 * An environment that differs from the given one only in what `agent` must not know; undefined where there is
 * nothing to hide.
 */
export type PerturbHidden = (
  task: Simulator,
  instance: Json,
  environment: Simulation,
  agent: number,
  stream: RandomStream,
) => Simulation | undefined;

function view(task: Simulator, environment: Simulation, agent: number) {
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
  task: Simulator,
  environments: readonly Simulation[],
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

function stateOf(task: Simulator, environment: Simulation): number[] {
  const state = new Float32Array(task.stateLength);
  environment.state(state);
  return [...state];
}

export function transcript(task: Simulator, instance: Json, stream: RandomStream) {
  const environment = task.start(instance);
  const steps = [];
  while (!environment.done) {
    const views = task.agentNames.map((_, agent) => view(task, environment, agent));
    const joint = randomJointAction(environment, task, stream);
    steps.push({ state: stateOf(task, environment), views, joint, reward: environment.step(joint) });
  }
  return steps;
}

export function checkShapes(task: Simulator, instance: Json, stream: RandomStream) {
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

export function checkScenes(task: Simulator, instance: Json, stream: RandomStream) {
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

function assertDrawable(panel: ScenePanel, { agentNames }: Simulator) {
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

export function checkEnd(task: Simulator, instance: Json, stream: RandomStream) {
  const environment = task.start(instance);
  let last: readonly number[] = [];
  while (!environment.done) {
    last = randomJointAction(environment, task, stream);
    environment.step(last);
  }
  assert.throws(() => environment.step(last), TaskError);
}

export function checkTerminalReward(task: Simulator, instance: Json, stream: RandomStream) {
  const environment = task.start(instance);
  while (!environment.done) {
    const reward = environment.step(randomJointAction(environment, task, stream));
    assert.ok(
      environment.done || reward === 0,
      `step ${environment.time} paid ${reward} and was not the last, but the task declares terminalReward`,
    );
  }
}

export function checkRefusals(task: Simulator, instance: Json) {
  const environment = task.start(instance);
  const legal = task.agentNames.map((_, agent) => environment.availableActions(agent)[0]);
  assert.throws(() => environment.step(legal.slice(1)), TaskError);
  assert.throws(() => environment.step([...legal.slice(1), task.actions.length]), TaskError);
  assert.throws(() => environment.step([...legal.slice(1), -1]), TaskError);
  assert.equal(environment.time, 0, 'a refused action must leave the environment as it was');
}

export function checkCopies(task: Simulator, instance: Json, stream: RandomStream, k: number) {
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

function rewards(task: Simulator, environment: Simulation, k: number): number[] {
  const stream = randomStream('future', k);
  const out: number[] = [];
  while (!environment.done) out.push(environment.step(randomJointAction(environment, task, stream)));
  return out;
}

export function checkLeaks(
  task: Simulator,
  perturbHidden: PerturbHidden | 'everything is visible',
  each: (body: (instance: Json, stream: RandomStream) => void) => void,
) {
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
