import type { PublishedClaim } from './claim.ts';

/**
 * What the study reported that set the field's questions: seven models of 8 billion to a trillion parameters, five
 * strategies, four task types, ten seeds per condition. Claims to test, never targets to tune to.
 */
export const publishedClaims: readonly PublishedClaim[] = [
  {
    id: 'vdn-scales-on-dense',
    statement: 'VDN’s gain on dense-reward tasks grows linearly with scale (r = 0.99).',
    value: 0.99,
    direction: 1,
    target: { kind: 'scaling', strategy: 'vdn', baseline: 'none', taskType: 'dense' },
    reading: 'Correlation of the gain over no coordination with log parameters, over all models.',
  },
  {
    id: 'vdn-hurts-moe',
    statement: 'VDN hurts mixture-of-experts models (r = −0.80, p = 0.017).',
    value: -0.8,
    direction: -1,
    target: { kind: 'scaling', strategy: 'vdn', baseline: 'none', architecture: 'moe' },
    reading:
      'Correlation of the gain with log parameters over mixture-of-experts models, all tasks together. The reported p belongs to eight points, so the published unit was not the model.',
  },
  {
    id: 'qmix-temporal',
    statement: 'QMIX improves tasks with temporal dependency by 77%.',
    value: 77,
    direction: 1,
    target: { kind: 'percent', strategy: 'qmix', baseline: 'none', taskType: 'temporal' },
    reading: 'Ratio of mean scores to no coordination, over all models.',
  },
  {
    id: 'qmix-deliberative',
    statement: 'QMIX lowers deliberative tasks by 41%.',
    value: -41,
    direction: -1,
    target: { kind: 'percent', strategy: 'qmix', baseline: 'none', taskType: 'deliberative' },
    reading: 'Ratio of mean scores to no coordination, over all models.',
  },
  {
    id: 'task-strongest',
    statement: 'Task coupling is the strongest factor.',
    direction: 1,
    target: { kind: 'strongest-factor', factor: 'task' },
    reading:
      'Partial η² of the task minus the largest of another factor. The factor here is the task type; how tightly actions depend on each other is another measure.',
  },
  {
    id: 'task-effect',
    statement: 'Task coupling has a partial η² of 0.37.',
    value: 0.37,
    direction: 1,
    target: { kind: 'partial-eta-squared', factor: 'task' },
    reading: 'The factor here is the task type.',
  },
  {
    id: 'strategy-effect',
    statement: 'Strategy has a partial η² of 0.21.',
    value: 0.21,
    direction: 1,
    target: { kind: 'partial-eta-squared', factor: 'strategy' },
  },
  {
    id: 'scale-effect',
    statement: 'Scale has a partial η² of 0.14.',
    value: 0.14,
    direction: 1,
    target: { kind: 'partial-eta-squared', factor: 'model' },
    reading: 'The factor here is the model, which is more than its size.',
  },
  {
    id: 'deliberation-none-best',
    statement: 'On deliberation, no coordination is often best.',
    direction: -1,
    target: { kind: 'baseline-best', baseline: 'none', taskType: 'deliberative' },
    reading:
      'The largest gain over no coordination of any coordinating strategy, over all models; the interval holds for all of them at once.',
  },
  {
    id: 'free-reasoning',
    statement: 'Coordination hurts deliberation because it suppresses free reasoning.',
    direction: -1,
    target: {
      kind: 'not-estimated',
      reason: 'a study has to vary whether agents may reason freely; no estimate of this report does',
    },
  },
];
