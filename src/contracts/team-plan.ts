/** What a sample is measured against when a team of language models is trained; see `docs/methods/magrpo.md`. */
export const estimatorIds = [
  'marloo',
  'group-mean',
  'mareinforce',
  'maremax',
  'dr-mas',
  'iac',
  'maac',
] as const;
export type EstimatorId = (typeof estimatorIds)[number];

/** Which joint actions are made of the samples of a group: those of one number together, or every combination. */
export const groupings = ['aligned', 'crossed'] as const;
export type Grouping = (typeof groupings)[number];

/** What each agent is paid: what the team earns, or what the task pays it for its own part alone. */
export const rewardKinds = ['joint', 'own'] as const;
export type RewardKind = (typeof rewardKinds)[number];

/** What is trained first: the whole task, or an episode of one turn and then of more. */
export const curricula = ['none', 'turns'] as const;
export type Curriculum = (typeof curricula)[number];

/** How a team of language models is trained. */
export type TeamPlan = {
  /** Models as studies name them: one for all agents, or one for each. */
  readonly models: readonly string[];
  /** One set of weights for all agents, which are then one model. */
  readonly share: boolean;
  readonly estimator: EstimatorId;
  readonly grouping: Grouping;
  readonly reward: RewardKind;
  readonly curriculum: Curriculum;
  /** Divide advantages by their spread in the group. */
  readonly normalise: boolean;
  /** Samples of each agent and question, at least 2. */
  readonly group: number;
  /** Problems in an update. */
  readonly problems: number;
  readonly updates: number;
  readonly learningRate: number;
  /** Weight of staying near the weights that training began with, per nat and token; 0 for none. */
  readonly kl: number;
  /** Updates between two evaluations, and problems of each. */
  readonly evaluateEvery: number;
  readonly validation: number;
};
