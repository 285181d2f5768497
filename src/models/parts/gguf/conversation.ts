import { chatMessages } from '../service/text.ts';
import type { TextRequest } from '../../../contracts/index.ts';
import { sharedStart, type Token } from './candidates.ts';
import type { ChatItem, ChatWrapper, LlamaLibrary, LlamaModel } from './library.ts';

type Asked = Pick<TextRequest, 'prefix' | 'prompt' | 'turns'>;

/** The file's chat template at work. */
export interface Conversations {
  /** What the template is called in errors and fingerprints. */
  readonly template: string;
  /** The tokens of a conversation, up to where the answer begins, or to the end of what is begun of it. */
  tokens(asked: Asked, begun: string): readonly Token[];
  /** How many of the first tokens every conversation with these rules has, whatever is asked. */
  rulesLength(prefix: string, tokens: readonly Token[]): number;
}

/**
 * What is asked is never read as marks of the template: a text that holds `<|im_end|>` is that text.
 *
 * @param hasTemplate whether the file has a chat template; else the library knows one for this family of models
 */
export function conversationsOf(
  library: LlamaLibrary,
  model: LlamaModel,
  hasTemplate: boolean,
): Conversations {
  const wrapper: ChatWrapper = library.resolveChatWrapper(model, {
    ...(hasTemplate && { type: 'jinjaTemplate' as const }),
    warningLogs: false,
  });
  const { bos, shouldPrependBosToken } = model.tokens;
  const tokens = (asked: Asked, begun: string): readonly Token[] => {
    const chatHistory: readonly ChatItem[] = [
      ...chatMessages(asked).map(({ role, content }): ChatItem =>
        role === 'assistant' ? { type: 'model', response: [content] } : { type: role, text: content },
      ),
      { type: 'model', response: begun === '' ? [] : [begun] },
    ];
    const all = wrapper.generateContextState({ chatHistory }).contextText.tokenize(model.tokenizer);
    return bos !== null && shouldPrependBosToken && all[0] !== bos ? [bos, ...all] : all;
  };
  const starts = new Map<string, readonly Token[]>();
  const startOf = (prefix: string) => {
    const known = starts.get(prefix);
    if (known) return known;
    // Two questions that begin with different characters have the rules alone in common.
    const [one, other] = ['a', '1'].map((prompt) => tokens({ prefix, prompt }, ''));
    const start = one.slice(0, sharedStart([one, other]));
    if (starts.size >= mostStarts) starts.clear();
    starts.set(prefix, start);
    return start;
  };
  return {
    template: wrapper.wrapperName,
    tokens,
    rulesLength: (prefix, all) => Math.min(sharedStart([startOf(prefix), all]), all.length - 1),
  };
}

const mostStarts = 1000;
