import { AgentMeshError, InputError, reasonOf } from '../../core/index.ts';
import { PromptTooLong } from '../parts/pocket/chat.ts';

/** A request that is answered with an error. Each protocol has its own shape for it. */
export class HttpProblem extends AgentMeshError {
  readonly status: ProblemStatus;
  /** What programs ask for. */
  readonly code: string;
  constructor(status: ProblemStatus, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
export type ProblemStatus = 400 | 403 | 404 | 405 | 413 | 415 | 421 | 500 | 503;

/** The problem that any error stands for. What is no fault of the request is one of the server. */
export function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof PromptTooLong) return new HttpProblem(400, 'context_length_exceeded', error.message);
  if (error instanceof InputError) return new HttpProblem(400, 'invalid_request', error.message);
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    const remedy = 'Ask for fewer tokens with "max_tokens" (Ollama: "num_predict"), or for less at once.';
    return new HttpProblem(503, 'timeout', `The answer took longer than an answer may take here. ${remedy}`);
  }
  const message = reasonOf(error);
  return new HttpProblem(500, 'internal_error', `The embedded model failed: ${message}`);
}
