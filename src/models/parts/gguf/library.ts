import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError, reasonOf } from '../../../core/index.ts';
import type { Token } from './candidates.ts';

/** The peer that runs GGUF files: llama.cpp for Node. */
export const libraryName = 'node-llama-cpp';
/** The version that is tested. */
export const libraryVersion = '3.21.1';
export const installCommand = `npm install ${libraryName}@${libraryVersion}`;

/** What is used of the library. It has types of its own, but is not there when this is compiled. */
export interface LlamaLibrary {
  getLlama(options: {
    readonly gpu: false;
    readonly build: 'never';
    readonly skipDownload: true;
    readonly progressLogs: false;
    readonly logLevel: 'error' | 'disabled';
    /** 0: as many as there are. */
    readonly maxThreads: number;
  }): Promise<Llama>;
  resolveChatWrapper(
    model: LlamaModel,
    options?: { readonly type?: 'jinjaTemplate'; readonly warningLogs?: boolean },
  ): ChatWrapper;
  readonly LlamaGrammarEvaluationState: new (options: {
    readonly model: LlamaModel;
    readonly grammar: Grammar;
  }) => GrammarState;
}

export interface Llama {
  /** Physical cores. */
  readonly cpuMathCores: number;
  loadModel(options: {
    readonly modelPath: string;
    readonly gpuLayers: 0;
    readonly loadSignal?: AbortSignal;
    /** Told in [0, 1]. */
    readonly onLoadProgress?: (share: number) => void;
  }): Promise<LlamaModel>;
  createGrammarForJsonSchema(schema: object): Promise<Grammar>;
  dispose(): Promise<void>;
}

export interface LlamaModel {
  readonly tokenizer: unknown;
  readonly tokens: { readonly bos: Token | null; readonly shouldPrependBosToken: boolean };
  createContext(options: {
    readonly contextSize: number;
    readonly batchSize: number;
    readonly sequences: number;
    readonly threads: number;
    readonly swaFullCache: true;
    readonly failedCreationRemedy: false;
  }): Promise<LlamaContext>;
  createEmbeddingContext(options: {
    readonly contextSize: number;
    readonly batchSize: number;
    readonly threads: number;
  }): Promise<LlamaEmbeddingContext>;
  tokenize(text: string, specialTokens: false): readonly Token[];
  detokenize(tokens: readonly Token[], specialTokens?: boolean, lastTokens?: readonly Token[]): string;
  dispose(): Promise<void>;
}

export interface LlamaContext {
  getSequence(): LlamaSequence;
  dispose(): Promise<void>;
}

export interface LlamaEmbeddingContext {
  /** One text after the other, however many ask at once. */
  getEmbeddingFor(tokens: readonly Token[]): Promise<{ readonly vector: readonly number[] }>;
  dispose(): Promise<void>;
}

/** A conversation that the context holds, beside others. */
export interface LlamaSequence {
  readonly nextTokenIndex: number;
  /** Whether what was evaluated can only be gone back to where it was kept on purpose. */
  readonly needsCheckpoints: boolean;
  clearHistory(): Promise<void>;
  eraseContextTokenRanges(ranges: readonly { readonly start: number; readonly end: number }[]): Promise<void>;
  evaluateWithoutGeneratingNewTokens(tokens: readonly Token[]): Promise<void>;
  controlledEvaluate(
    input: readonly (
      | Token
      | readonly [
          Token,
          { readonly generateNext: { readonly probabilities: true; readonly options: Sampling } },
        ]
    )[],
  ): Promise<
    readonly ({ readonly next: { readonly probabilities?: ReadonlyMap<Token, number> } } | undefined)[]
  >;
  evaluate(
    tokens: readonly Token[],
    options: Sampling & { readonly seed: number; readonly grammarEvaluationState?: GrammarState },
  ): AsyncGenerator<Token, void>;
}

/** All of these are given: the library has defaults of its own. */
export interface Sampling {
  readonly temperature: number;
  readonly topP: number;
  /** 0: all. */
  readonly topK: number;
  readonly minP: number;
}

export type GrammarState = object;
export type Grammar = object;

export interface ChatWrapper {
  readonly wrapperName: string;
  generateContextState(options: { readonly chatHistory: readonly ChatItem[] }): {
    readonly contextText: { tokenize(tokenizer: unknown): readonly Token[] };
  };
}

export type ChatItem =
  | { readonly type: 'system' | 'user'; readonly text: string }
  | { readonly type: 'model'; readonly response: readonly string[] };

export interface FoundLibrary {
  readonly library: LlamaLibrary;
  readonly version: string;
}

/**
 * The library, from the first of these folders that has it beside it or above it.
 *
 * @param folders where it may be installed; this package's own and the current one when absent
 * @throws InputError when it is not installed, with the command, or is a version that is not known to work
 */
export async function findLibrary(
  folders: readonly string[] = [import.meta.dirname, process.cwd()],
): Promise<FoundLibrary> {
  const home = folders.map(packageAbove).find((found) => found !== undefined);
  if (home === undefined) {
    throw new InputError(
      `Models of GGUF files need the package ${libraryName}, which is not installed here. Install it (732 MB) with: ` +
        installCommand,
    );
  }
  const { version = 'unknown', main = 'dist/index.js' } = JSON.parse(
    readFileSync(path.join(home, 'package.json'), 'utf8'),
  ) as { version?: string; main?: string };
  if (!isTested(version)) {
    throw new InputError(
      `Models of GGUF files need ${libraryName} ${libraryVersion} or a later 3, but ${home} has ${version}. ` +
        `Install it with: ${installCommand}`,
    );
  }
  try {
    return { library: (await import(pathToFileURL(path.join(home, main)).href)) as LlamaLibrary, version };
  } catch (error) {
    throw new InputError(
      `The package ${libraryName} in ${home} does not start (${reasonOf(error)}). ` +
        `Install it again with: ${installCommand}`,
    );
  }
}

/** `node_modules/node-llama-cpp` of the folder or the nearest one above that has it. */
function packageAbove(folder: string): string | undefined {
  const place = path.join(folder, 'node_modules', libraryName);
  if (existsSync(path.join(place, 'package.json'))) return place;
  const above = path.dirname(folder);
  return above === folder ? undefined : packageAbove(above);
}

function isTested(version: string): boolean {
  const [major, minor, patch] = version.split('.').map((part) => Number.parseInt(part, 10));
  const [, least, leastPatch] = libraryVersion.split('.').map(Number);
  return major === 3 && (minor > least || (minor === least && patch >= leastPatch));
}
