import { echoed } from '../../../prompt/index.ts';
import type { ChatCall } from '../service/chat-service.ts';

/** What is shown to a model of its own answer when it is asked again, in characters. */
export const longestEcho = 2000;

/** The question again, after an answer that could not be read, with what is said to it. */
export function repairCall(call: ChatCall, answer: string, repair: string): ChatCall {
  return {
    ...call,
    messages: [
      ...call.messages,
      // Long ramblings are not worth paying for twice, and an empty answer is refused by some services.
      { role: 'assistant', content: echoed(answer, longestEcho) || '(nothing)' },
      { role: 'user', content: repair },
    ],
  };
}
