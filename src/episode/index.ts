export {
  type AdviceForm,
  adviceForm,
  adviceFor,
  type AdviceKind,
  adviceKinds,
  defaultAdvice,
  defaultSamples,
  refuseSeveralForms,
  refuseUnfit,
} from './advice.ts';
export type { Decider, Moment } from './decider.ts';
export { decider } from './decider.ts';
export * from './episode.ts';
export * from './fusion.ts';
export { heldModel } from './held-model.ts';
export { oddTask, situationOf } from './held-task.ts';
export * from './randomness.ts';
export { drawFrom } from './draw-from.ts';
export { type DeciderSetting, type TaskWords, usualQuestions } from './setting.ts';
export type { Situation } from './situation.ts';
export { TruncatedError } from './truncated.ts';
export { choosesForTeams, saysWhileChoosing } from './abilities.ts';
