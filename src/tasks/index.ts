// The catalogue: one line per task.
export { assembly } from './assembly.ts';
export { coverage } from './coverage.ts';
export { foraging } from './foraging.ts';
export { hiddenProfile } from './hidden-profile.ts';
export { leverPulling } from './lever-pulling.ts';
export { matrixGame } from './matrix-game.ts';
export { twoStepGame } from './two-step-game.ts';
export { questionSet } from './question-set.ts';
export { pairProgramming } from './pair-programming.ts';
export { pythonProblems } from './python-problems.ts';
export { pairWriting } from './pair-writing.ts';
export { levelBasedForaging } from './level-based-foraging.ts';
