import { type Simulation, type ScenePanel, TaskError } from '../../contracts/index.ts';

/**
 * The rules of an environment as pure functions over immutable states: the easiest way to write a task.
 * `environmentOf` turns them into an `Environment` and checks every joint action.
 */
export interface Dynamics<State> {
  time(state: State): number;
  done(state: State): boolean;
  availableActions(state: State, agent: number): readonly number[];
  observe(state: State, agent: number): string;
  features(state: State, agent: number, out: Float32Array, offset: number): void;
  stateVector(state: State, out: Float32Array, offset: number): void;
  /** The potential of reward shaping, see `Environment.potential`. */
  potential?(state: State): number;
  /** The next state and the team's reward; must not change the state it is given. */
  step(state: State, jointAction: readonly number[]): { readonly state: State; readonly reward: number };
  /** What there is to see: all of it, or what one agent can know. May be absent. */
  view?(state: State, agent?: number): readonly ScenePanel[];
}

/** An environment in state `initial` that follows `dynamics`. */
export function environmentOf<State>(
  dynamics: Dynamics<State>,
  initial: State,
  agents: number,
  actions: readonly string[],
): Simulation {
  let state = initial;
  // Asked for by whoever chooses and again by the check of what was chosen; good until the state changes.
  let available: (readonly number[])[] = [];
  const goTo = (next: State) => {
    state = next;
    available = [];
  };
  const self: Simulation = {
    get time() {
      return dynamics.time(state);
    },
    get done() {
      return dynamics.done(state);
    },
    availableActions: (agent) => (available[agent] ??= dynamics.availableActions(state, agent)),
    observe: (agent) => dynamics.observe(state, agent),
    features: (agent, out, offset = 0) => dynamics.features(state, agent, out, offset),
    state: (out, offset = 0) => dynamics.stateVector(state, out, offset),
    ...(dynamics.potential && { potential: () => dynamics.potential!(state) }),
    step: (jointAction) => {
      checkJointAction(self, jointAction, agents, actions);
      const next = dynamics.step(state, jointAction);
      goTo(next.state);
      return next.reward;
    },
    ...(dynamics.view && { view: (agent?: number) => dynamics.view?.(state, agent) ?? [] }),
    snapshot: () => state,
    restore: (snapshot) => goTo(snapshot as State),
    copy: () => environmentOf(dynamics, state, agents, actions),
  };
  return self;
}

function checkJointAction(
  environment: Simulation,
  jointAction: readonly number[],
  agents: number,
  actions: readonly string[],
): void {
  if (environment.done) throw new TaskError('The episode has ended: no further step is possible.');
  if (jointAction.length !== agents) {
    throw new TaskError(
      `A joint action has one action per agent: expected ${agents}, got ${jointAction.length}.`,
    );
  }
  for (let agent = 0; agent < agents; agent++) {
    const available = environment.availableActions(agent);
    if (!available.includes(jointAction[agent])) {
      throw new TaskError(
        `Agent ${agent} cannot take action ${jointAction[agent]} (${actions[jointAction[agent]] ?? 'unknown'}) now. ` +
          `Available: ${available.map((a) => actions[a]).join(', ')}.`,
      );
    }
  }
}
