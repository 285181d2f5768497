export {
  couplingProfile,
  type CouplingProfile,
  type ProfileMeasure,
  type ProfileOptions,
} from './coupling-profile.ts';
