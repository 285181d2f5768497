// The library: what the command line does, and what own tasks, models and strategies are written with.
export {
  type AnalysisPlan,
  type AnalysisResults,
  renderAnalysis,
  renderPlan,
  renderResults,
  type ScoreCell,
  type ScoreTable,
  scoreRows,
  scoreTable,
  scoreText,
  type UnreadableModel,
} from '../analysis/index.ts';
export * from '../contracts/index.ts';
export * from '../core/index.ts';
export { fromLanguageModel, type LanguageModelSetup } from '../models/parts/from-language-model.ts';
export { composePrompt, promptRevision } from '../prompt/index.ts';
export * from '../store/index.ts';
export {
  type Catalogue,
  type Progress,
  type RunSummary,
  type StudyInput,
  studyJsonSchema,
} from '../study/index.ts';
export { type AdviceForm, type AdviceKind, fuse, playEpisode } from '../episode/index.ts';
export * from '../team/index.ts';
export { type LearnedTable, type TrainingProgress } from '../training/index.ts';
export { type Dynamics, environmentOf } from '../tasks/parts/environment.ts';
export { analysisName, analyzeFile, analyzeStudyFolder, type StudyAnalysis } from './analysis.ts';
export * from './catalogue.ts';
export * from './doctor.ts';
export * from './inspect.ts';
export * from './own-definitions.ts';
export * from './learn.ts';
export * from './places.ts';
export * from './play.ts';
export * from './pocket.ts';
export { reportStudy } from './report.ts';
export type { DetectableEffect, Estimate, StudyQuote } from './quote.ts';
export type { FirstUseProgress } from './first-use.ts';
export * from './run.ts';
export * from './strategies.ts';
export * from './serve-models.ts';
export * from './study.ts';
export * from './team.ts';
export { withStudy } from './with-study.ts';
export { trainForTask, type TrainRequest, type TrainResult } from './train.ts';
export * from './version.ts';
export * from './view.ts';
