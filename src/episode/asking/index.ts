// How a choice is asked for in words, and how the answer is read.
export { askModel, fingerprintOf, firstCall, mostCalls } from './ask-model.ts';
export type { Decision, DecisionRequest, TeamMember } from './decision.ts';
export { type ModelProbe, probeModel } from './probe.ts';
export { withoutReasoning } from './said-text.ts';
