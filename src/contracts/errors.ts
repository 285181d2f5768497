import type { Usage } from './model.ts';
import { AgentMeshError, exitCodes } from '../core/index.ts';

/** A task broke its contract, or was used against it. */
export class TaskError extends AgentMeshError {
  override readonly exitCode = exitCodes.studyHadFailures;
}

/** A strategy broke its contract: it asked what nobody can answer, too much, or let an agent do what it cannot. */
export class StrategyError extends AgentMeshError {
  override readonly exitCode = exitCodes.studyHadFailures;
}

/** A model could not be reached or did not answer, after all retries. */
export class ProviderError extends AgentMeshError {
  override readonly exitCode = exitCodes.studyHadFailures;
  /** What was paid before it failed, for example for an answer whose repair then never came. */
  usage?: Usage;
}

/**
 * The study's storage failed or cannot be used: full disk, read-only folder, damaged or newer file. It ends the
 * study at once, for going on would lose episodes; what was saved before stays.
 */
export class StoreError extends AgentMeshError {
  /** The file or folder it happened to; absent for stores without one. */
  readonly path?: string;
  constructor(message: string, path?: string, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
  }
}

/** Training broke down, for example because a loss was not a number. */
export class TrainingError extends AgentMeshError {
  override readonly exitCode = exitCodes.studyHadFailures;
}

/** A replay asked for something that the recording does not hold. It ends the study: the rest would be no replay. */
export class ReplayError extends AgentMeshError {}
