import { availableParallelism } from 'node:os';
import type { Model, ModelContext } from '../../../contracts/index.ts';
import { InputError } from '../../../core/index.ts';
import { conversationsOf } from './conversation.ts';
import { evaluatorOf } from './evaluator.ts';
import { fileHash, type GgufFile, readGgufFile } from './file.ts';
import { findLibrary, libraryName, type Llama, type LlamaContext, type LlamaModel } from './library.ts';
import { said, useLlama } from './llama.ts';
import { memoryNeeded, refuseTooLarge } from './memory.ts';
import { scorerOf, type ScoreSettings } from './score.ts';
import { writerOf } from './write.ts';

export interface GgufSettings extends Omit<ScoreSettings, 'counted'> {
  readonly path: string;
  readonly answer: 'probabilities' | 'structured' | 'text';
  readonly tokens: ScoreSettings['counted'];
  readonly topP: number;
  readonly stop: readonly string[];
  readonly maxOutputTokens: number;
  readonly contextLength: number;
  readonly batch: number;
  readonly sequences: number;
  readonly threads?: number;
}

/** Tokens that are evaluated together; what is evaluated in other pieces rounds otherwise. */
const batchSize = 512;

/**
 * Opens a GGUF file as a model.
 * @throws InputError when the file is missing, cut, of another format or too large for the memory, or the library that
 *   runs it is missing or cannot
 */
export async function openGguf(settings: GgufSettings, { workers, stop }: ModelContext): Promise<Model> {
  const { path, batch } = settings;
  const sequences = Math.max(batch, settings.sequences);
  const file = await readGgufFile(path);
  const contextLength = Math.min(settings.contextLength, file.facts.contextLength ?? settings.contextLength);
  const memoryBytes = memoryNeeded(file, { contextLength, sequences });
  refuseTooLarge(path, memoryBytes);
  const { library, version } = await findLibrary();
  const hash = await fileHash(path, stop);
  const { llama, release } = await useLlama(library);
  const closing: (() => Promise<void>)[] = [release];
  const closeAll = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const model = await loaded(llama, file, path);
    closing.push(() => model.dispose());
    const cores = Math.min(llama.cpuMathCores, availableParallelism());
    const threads = Math.max(1, Math.min(settings.threads ?? workers, cores));
    const context = await contextOf(model, { path, contextLength, sequences, threads });
    const evaluator = evaluatorOf(context, sequences, batch);
    closing.push(() => evaluator.close());
    const conversations = conversationsOf(library, model, file.template !== undefined);
    const shared = { conversations, evaluator, contextLength };
    const { answer, maxOutputTokens, topP, tokens: counted } = settings;
    return {
      facts: { ...file.facts, contextLength },
      fingerprint: { file: hash, library: `${libraryName} ${version}`, template: conversations.template },
      memoryBytes,
      asking: { form: answer === 'text' ? 'text' : 'structured', maxTokens: maxOutputTokens },
      ...(answer === 'probabilities' && {
        score: scorerOf({ ...shared, settings: { ...settings, counted } }),
      }),
      generate: writerOf({ ...shared, library, llama, model, topP, stop: settings.stop, maxOutputTokens }),
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function loaded(llama: Llama, { family }: GgufFile, path: string): Promise<LlamaModel> {
  try {
    return await llama.loadModel({ modelPath: path, gpuLayers: 0 });
  } catch (error) {
    throw new InputError(
      `The file ${path} cannot be loaded: ${said(error)}. It is of the family "${family}", which this version of ` +
        `${libraryName} may not know, or the file is damaged.`,
    );
  }
}

async function contextOf(
  model: LlamaModel,
  {
    path,
    ...size
  }: {
    readonly path: string;
    readonly contextLength: number;
    readonly sequences: number;
    readonly threads: number;
  },
): Promise<LlamaContext> {
  const { contextLength, sequences, threads } = size;
  try {
    return await model.createContext({
      contextSize: contextLength,
      batchSize,
      sequences,
      threads,
      swaFullCache: true,
      failedCreationRemedy: false,
    });
  } catch (error) {
    throw new InputError(
      `There is no room for ${sequences} sequences of ${contextLength} tokens of ${path}: ${said(error)}. ` +
        'Lower its options `contextLength` or `sequences`.',
    );
  }
}
