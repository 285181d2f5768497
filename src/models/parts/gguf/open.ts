import type { Model, ModelContext } from '../../../contracts/index.ts';
import { embedderOf } from './embed.ts';
import { loadGguf, type RuntimeSettings } from './runtime.ts';
import { scorerOf, type ScoreSettings } from './score.ts';
import { writerOf } from './write.ts';

export interface GgufSettings extends RuntimeSettings, Omit<ScoreSettings, 'counted'> {
  readonly answer: 'probabilities' | 'structured' | 'text';
  readonly tokens: ScoreSettings['counted'];
  readonly topP: number;
  readonly stop: readonly string[];
  readonly maxOutputTokens: number;
}

/** Opens a GGUF file as a model. @throws as `loadGguf` */
export async function openGguf(settings: GgufSettings, context: ModelContext): Promise<Model> {
  const { answer, maxOutputTokens, topP, stop, tokens: counted } = settings;
  const { facts, fingerprint, memoryBytes, close, ...runtime } = await loadGguf(settings, context);
  const embedder = embedderOf(runtime);
  return {
    ...{ facts, fingerprint, memoryBytes, embed: embedder.embed },
    asking: { form: answer === 'text' ? 'text' : 'structured', maxTokens: maxOutputTokens },
    ...(answer === 'probabilities' && {
      score: scorerOf({ ...runtime, settings: { ...settings, counted } }),
    }),
    generate: writerOf({ ...runtime, topP, stop, maxOutputTokens }),
    close: async () => {
      await embedder.close();
      await close();
    },
  };
}
