import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Read, Tuner } from '../../../contracts/index.ts';
import { randomStream, sha256, writeWhole } from '../../../core/index.ts';
import { encodeSafetensors, startEngine, TextTokeniser, WriterNet } from '../../../nn/index.ts';
import type { WriterFiles } from './files.ts';
import { promptTokens } from './reading.ts';

/** Tunes an embedded writer in this thread. */
export async function writerTuner({ card, vocabulary, weights }: WriterFiles): Promise<Tuner> {
  await startEngine();
  const tokeniser = new TextTokeniser(vocabulary);
  const net = new WriterNet(card.shape, weights, card.context.text);
  const read = (request: Read) => promptTokens(tokeniser, request, card.context.prompt).ids;
  return {
    base: { weights: card.weights },
    sample: async (requests, count) => {
      const drawn = net.write(
        requests.flatMap((request) =>
          Array.from({ length: count }, (_, k) => ({
            prompt: read(request),
            stream: randomStream('text', request.seed, k),
            temperature: request.temperature,
            maxTokens: request.maxTokens,
          })),
        ),
      );
      return requests.map((_, r) =>
        drawn
          .slice(r * count, (r + 1) * count)
          .map((sample) => ({ ...sample, text: tokeniser.decode(sample.tokens) })),
      );
    },
    states: async (questions) => net.states(questions.map(read)),
    score: async (texts) =>
      net.score(texts.map(({ request, tokens }) => ({ prompt: read(request), tokens }))),
    accumulate: async (texts) =>
      net.accumulate(
        texts.map(({ request, tokens }) => ({ prompt: read(request), tokens })),
        texts.map(({ weight }) => weight),
      ).logProbabilities,
    step: async (learningRate) => net.step(learningRate),
    snapshot: async () => net.snapshot(),
    restore: async (snapshot) => net.restore(snapshot),
    save: async (folder) => {
      mkdirSync(folder, { recursive: true });
      const metadata = { vocabulary: JSON.stringify(vocabulary) };
      const bytes = encodeSafetensors({ weights: net.weights(), metadata }, 'F16');
      const checksum = sha256(bytes);
      const { id, shape, context, kind } = card;
      const saved = { id, kind, shape, context, weights: checksum, base: card.weights };
      writeWhole(path.join(folder, 'weights.safetensors'), bytes);
      writeWhole(path.join(folder, 'model.json'), `${JSON.stringify(saved, undefined, 2)}\n`);
      return { weights: checksum };
    },
    close: async () => net.dispose(),
  };
}
