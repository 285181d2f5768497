import { AgentMeshError, exitCodes } from '../core/index.ts';

/** A task broke its contract, or was used against it. */
export class TaskError extends AgentMeshError {
  override readonly exitCode = exitCodes.studyHadFailures;
}

/** A model could not be reached or did not answer, after all retries. */
export class ProviderError extends AgentMeshError {
  override readonly exitCode = exitCodes.studyHadFailures;
}
