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
export * from './decider.ts';
export * from './episode.ts';
export * from './fusion.ts';
export * from './randomness.ts';
export { drawFrom } from './draw-from.ts';
