// What `import ... from 'agentmesh-stm/testing'` can reach: conformance suites for own tasks, models, stores and queues.
export type { Check } from './check.ts';

// Tasks and simulators
export { taskConformance, type TaskConformanceOptions } from './task-conformance.ts';
export { simulatorConformance, type SimulatorConformanceOptions } from './simulator-conformance.ts';
export type { PerturbHidden } from './simulator-checks.ts';
export { bestReturn } from './brute-force.ts';
export { expertPolicy, type JointPolicy, play } from './joint-policies.ts';
export { announcingPolicy, meanScores } from './reference-scores.ts';

// Models
export {
  modelConformance,
  type ModelConformanceOptions,
  sampleScores,
  sampleTexts,
} from './model-conformance.ts';

// Strategies
export { protocolConformance, type ProtocolConformanceOptions } from './protocol-conformance.ts';

// Stores
export { storeConformance, type StoreConformanceOptions } from './store-conformance.ts';
export { randomEpisode } from './store-samples.ts';

// Queues
export { queueConformance, type QueueConformanceOptions } from './queue-conformance.ts';
