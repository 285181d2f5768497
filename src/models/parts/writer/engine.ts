import { randomStream } from '../../../core/index.ts';
import { startEngine, TextTokeniser, WriterNet } from '../../../nn/index.ts';
import type { PocketText, PocketWriting } from '../pocket/requests.ts';
import { promptTokens } from './reading.ts';
import type { WriterFiles } from './files.ts';

/** An embedded writer in this thread: each text the same whatever else is asked with it. */
export async function writerEngine({ card, vocabulary, weights }: WriterFiles) {
  await startEngine();
  const tokeniser = new TextTokeniser(vocabulary);
  const net = new WriterNet(card.shape, weights, card.context.text);
  return {
    reply: (requests: readonly PocketWriting[]): PocketText[] => {
      const readings = requests.map((request) => promptTokens(tokeniser, request, card.context.prompt));
      const drawn = net.write(
        requests.map(({ seed, temperature, maxTokens }, k) => ({
          prompt: readings[k].ids,
          stream: randomStream('text', seed, 0),
          ...{ temperature, maxTokens },
        })),
      );
      return drawn.map(({ tokens }, k) => ({
        text: tokeniser.decode(tokens),
        inputTokens: readings[k].ids.length,
        outputTokens: tokens.length,
        truncated: readings[k].truncated,
      }));
    },
  };
}
