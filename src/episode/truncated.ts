import { AgentMeshError, exitCodes } from '../core/index.ts';

/** A prompt did not fit the model, or the episode did not terminate within its interactions. */
export class TruncatedError extends AgentMeshError {
  override readonly exitCode = exitCodes.studyHadFailures;
}
