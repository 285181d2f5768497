// The public face: every name of `import ... from 'agentmesh-stm'`, one block per room; `public-face.test.ts` lists them.

// Studies: run, ask what one would cost, look, analyse, export, report, watch.
export {
  quote,
  quoteFile,
  type QuoteOptions,
  run,
  runFile,
  type RunOptions,
  scoreTableText,
  type StudyResult,
} from './run.ts';
export type { LookTaken } from './play-in-looks.ts';
export type { DetectableEffect, Estimate, StudyQuote } from './quote.ts';
export type { FirstUseProgress } from './first-use.ts';
export { defaultDataDirectory, findStudyDirectory, findStudyFile, studiesIn } from './places.ts';
export {
  type ExportRequest,
  exportStudy,
  exportStudyAsParquet,
  type StudyStatus,
  studyStatus,
} from './study.ts';
export { analyzeFile, analyzeStudyFolder, type StudyAnalysis } from './analysis.ts';
export { reportStudy } from './report.ts';
export { writeTableReport } from './table-report.ts';
export { serveView, type ViewOptions, type ViewServer } from './view.ts';
export { diagnose, type DiagnoseOptions, type Finding } from './doctor.ts';
export { version } from './version.ts';
export {
  type Amount,
  type Catalogue,
  type GivenUntil,
  type Progress,
  type RunSummary,
  type StudyInput,
} from '../study/index.ts';
export { studyJsonSchema } from './study-schema.ts';

// What there is, and what it looks like from inside.
export { builtInCatalogue } from './catalogue.ts';
export { catalogueWithOwn } from './own-definitions.ts';
export { type TaskView, viewTask } from './inspect.ts';
export { profileTask } from './profile.ts';
export type { CouplingProfile } from '../analysis/index.ts';
export {
  type Play,
  type PlayedStep,
  type PlayEnd,
  type PlayOptions,
  type PlaySituation,
  startPlay,
} from './play.ts';

// Strategies: those of the catalogue, own ones from parts, and how they are trained.
export {
  coma,
  commnet,
  composeStrategy,
  type Composition,
  independent,
  none,
  type OwnPart,
  type PartSource,
  qmix,
  strategies,
  type StrategyChoice,
  vdn,
} from './strategies.ts';
export {
  advised,
  type AdvisedOptions,
  type AdvisedProtocol,
  type AgentView,
  type Coordination,
  type Coordinator,
  type RatedStep,
} from '../strategies/parts/protocol/advised.ts';
export { act, say } from '../strategies/parts/protocol/act.ts';
export { trainForTask, type TrainRequest, type TrainResult } from './train.ts';
export { trainTeam, type TrainTeamRequest } from './train-writers.ts';
export type { TrainedWriters } from './trained-writers.ts';
export { type Evaluation as TeamEvaluation, type UpdateLine as TeamUpdate } from '../tuning/team/index.ts';
export { type LearnedFromLog, learnFromLog, type LearnOptions, loadLearned } from './learn.ts';
export { type LearnedTable, type TrainingProgress } from '../training/index.ts';

// Teams in a program of your own.
export { type AgentModel, team, type TeamOptions } from './team.ts';
export {
  type AgentOptions,
  asAgent,
  asEpisodeTool,
  asLanguageModel,
  asTool,
  type EpisodeInput,
  type EpisodeOptions,
  type EpisodeOutput,
  type LanguageModelOptions,
  type LoggedEpisode,
  type LoggedObservation,
  type LoggedStep,
  type Observation,
  type Observations,
  type OwnTask,
  type Spent,
  type StepInput,
  type StepOptions,
  type StepOutput,
  type Team,
  type TeamBudget,
  type TeamEpisode,
  type TeamMessage,
  type TeamStep,
  type TeamTool,
  type TeamTrace,
  type ToolOptions,
} from '../team/index.ts';
export type { AdviceForm, AdviceKind } from '../episode/index.ts';

// Models: the embedded ones for other programs, and own ones.
export { pocket, type PocketLanguageModel } from './pocket.ts';
export { type ModelServer, serveModels, type ServeModelsOptions } from './serve-models.ts';
export { fromLanguageModel, type LanguageModelSetup } from '../models/parts/from-language-model.ts';

// Tasks of your own.
export { type Dynamics, environmentOf } from '../tasks/parts/environment.ts';
export { composePrompt, promptRevision, type PromptParts } from '../prompt/index.ts';

// The contracts: what tasks, models, strategies and stores implement.
export {
  type Action,
  actionWords,
  type AnyTaskDefinition,
  type AgentTrace,
  type Answer,
  type AnswerForm,
  type CentralCredit,
  type ChoiceInWords,
  type ChainPart,
  type ChainsPanel,
  type Environment,
  type EpisodeBatch,
  type EpisodeRecord,
  type EpisodeSummary,
  type EpisodeTiming,
  type ExecutionNetwork,
  type Expert,
  type FeedbackLevel,
  type GridPanel,
  type GridPiece,
  type Hindsight,
  type Json,
  type Judgement,
  type JudgementTrace,
  type Items,
  type JudgeRequest,
  type JsonObject,
  type Learner,
  measureReferences,
  type Member,
  type Model,
  type ModelContext,
  type Offer,
  type Outcome,
  simulated,
  type Simulation,
  type Simulator,
  type SimulatorDefinition,
  type Split,
  type ModelDefinition,
  type ModelFacts,
  type ModelLoad,
  type ModelRequest,
  type ModelService,
  type ScoreReply,
  type ScoreRequest,
  type ServiceProbe,
  type TextReply,
  type TextRequest,
  type NamedWeights,
  type Note,
  type OnlineLearning,
  type OwnCredit,
  type PastStep,
  type PlannedRun,
  type Protocol,
  type ProtocolStep,
  ProviderError,
  type Question,
  type QuestionKind,
  type QuestionTrace,
  type References,
  ReplayError,
  type RunLearner,
  type RunOutcome,
  type RunStatus,
  type ScenePanel,
  scoreOf,
  type ServiceWait,
  type SettledRun,
  type Snapshot,
  type Spending,
  type StepTrace,
  StoreError,
  type Strategy,
  type StrategyContext,
  StrategyError,
  type StrategyDefinition,
  type StrategyPart,
  type StudyRecord,
  type StudyReader,
  type StudyWriter,
  type TablePanel,
  type TalkPanel,
  type Task,
  type MeasureFacts,
  type Opinions,
  type TaskContext,
  type TaskDefinition,
  TaskError,
  type TaskType,
  type TeamShape,
  type Together,
  type TrainableStrategy,
  TrainingError,
  type TrainingKey,
  type TrainingNeed,
  type TrainingPlan,
  type Usage,
  type WorkOptions,
  type WorkQueue,
  type Writing,
  type FinishedEpisode,
  type RunFilter,
  type RunOrder,
  type RunPage,
  type RunQuery,
  type RunRow,
  type StudyDefinition,
  type StudyFactor,
  type StudyHead,
  type StudyLevel,
  type StudyModel,
  type StudyProgress,
  type StudySpending,
  type StudyStrategy,
  type StudyTask,
} from '../contracts/index.ts';
export {
  AgentMeshError,
  BudgetReachedError,
  type Clock,
  exitCodes,
  FileError,
  InputError,
  InterruptedError,
  type NamePart,
  type Place,
  ProblemsError,
  type RandomStream,
  randomStream,
  type ResumableStream,
  systemClock,
  UnknownIdError,
} from '../core/index.ts';

// Stores and their rows, and the queue that hands out runs.
export { inProcessQueue } from '../queue/index.ts';
export {
  type Cell,
  type CsvOptions,
  DamagedStoreError,
  exportEpisodes,
  exportMeasures,
  exportQuestions,
  exportRuns,
  type ExportRunsOptions,
  type ExportTableName,
  exportTraces,
  type ExportTracesOptions,
  memoryStore,
  NewerStoreError,
  OlderStoreError,
  openStore,
  type OpenStoreOptions,
  readStore,
  type Row,
  StudyLockedError,
  toCsv,
  toJsonl,
  traceRows,
} from '../store/index.ts';

// Results.
export {
  type AnalysisPlan,
  type AnalysisResults,
  type PlanOptions,
  renderAnalysis,
  renderMeasures,
  type ScoreCell,
  type ScoreTable,
  type TableAnalysisRequest,
  type UnreadableModel,
} from '../analysis/index.ts';
