import { nearest } from '../../../core/index.ts';
import { ProviderError } from '../../../contracts/index.ts';
import type { ChatService } from './chat-service.ts';
import { ServiceFault } from './fault.ts';

export interface ServiceCheck {
  /** Names the model in what is found. */
  readonly name: string;
  /** What the service calls it. */
  readonly model: string;
  readonly service: ChatService;
  /** False where a service may take names that it does not list. */
  readonly listsAll: boolean;
  /** What helps when the service does not answer, as a sentence. */
  readonly ifDown: string;
  /** What helps when it has no such model, as a sentence. */
  readonly ifMissing: string;
  /** What helps when it refuses the key, as a sentence. */
  readonly ifRefused: string;
}

const timeoutMs = 5000;
const attempts = 2;

/** Asks for the list of models, which costs nothing. @returns what is wrong, each with its remedy */
export async function checkService(check: ServiceCheck, signal?: AbortSignal): Promise<string[]> {
  const { name, model, service, listsAll } = check;
  if (!service.models) return [];
  for (let attempt = 1; ; attempt++) {
    try {
      const limit = AbortSignal.timeout(timeoutMs);
      const models = await service.models(signal ? AbortSignal.any([signal, limit]) : limit);
      if (!models || !listsAll || models.includes(model)) return [];
      const near = nearest(model, models);
      const list = models.slice(0, 20).join(', ') + (models.length > 20 ? ', ...' : '');
      return [
        `${name}: the service has no model "${model}".${near ? ` Did you mean "${near}"?` : ''} ${check.ifMissing} ` +
          `It has: ${list || 'none'}.`,
      ];
    } catch (error) {
      signal?.throwIfAborted();
      const late = error instanceof DOMException && error.name === 'TimeoutError';
      if (!late && !(error instanceof ProviderError)) throw error;
      const kind = error instanceof ServiceFault ? error.kind : 'timeout';
      if (kind === 'refused') {
        const { message } = error as ServiceFault;
        if (/answered 40[13]/.test(message)) return [`${name}: ${message} ${check.ifRefused}`];
        // Some servers have no list of models; the first question will tell.
        return [];
      }
      if (attempt < attempts) continue;
      const why = late ? `The service did not answer within ${timeoutMs / 1000} s.` : error.message;
      return [`${name}: ${why} ${check.ifDown}`];
    }
  }
}
