import type { TextReply, TextRequest } from '../../../contracts/index.ts';
import type { ChatCall, ChatMessage, ChatReply } from './chat-service.ts';

/** A request for text as the messages of a chat: the rules come first, then the prompt, then what was said since. */
export function chatMessages({
  prefix,
  prompt,
  turns = [],
}: Pick<TextRequest, 'prefix' | 'prompt' | 'turns'>): ChatMessage[] {
  return [
    ...(prefix === '' ? [] : [{ role: 'system', content: prefix } as const]),
    { role: 'user', content: prompt },
    ...turns.flatMap(({ answer, reply }) => [
      { role: 'assistant', content: answer } as const,
      { role: 'user', content: reply } as const,
    ]),
  ];
}

/** @param most tokens that the model may write at all */
export function textCall(
  request: TextRequest,
  most: number,
): Pick<ChatCall, 'messages' | 'schema' | 'maxOutputTokens'> {
  const { schema, maxTokens } = request;
  return {
    messages: chatMessages(request),
    ...(schema && { schema }),
    maxOutputTokens: Math.min(maxTokens, most),
  };
}

export function textReply({ text, usage, truncated, sent }: ChatReply): TextReply {
  return { text, usage, ...(truncated && { truncated }), ...(sent !== undefined && { sent: [sent] }) };
}
