import { AgentMeshError, InputError, reasonOf } from '../../../core/index.ts';
import { installCommand, libraryName, type Llama, type LlamaLibrary } from './library.ts';

interface Shared {
  readonly llama: Promise<Llama>;
  users: number;
}

const shared = new Map<LlamaLibrary, Shared>();

/**
 * llama.cpp, started once in the process however many models use it: it shares the machine's cores among them.
 *
 * @returns with `release`, to be called once when the model is closed
 * @throws InputError when the library has no build for this machine
 */
export async function useLlama(
  library: LlamaLibrary,
): Promise<{ readonly llama: Llama; readonly release: () => Promise<void> }> {
  const entry = shared.get(library) ?? { llama: start(library), users: 0 };
  shared.set(library, entry);
  entry.users++;
  const release = async () => {
    if (--entry.users > 0) return;
    if (shared.get(library) === entry) shared.delete(library);
    await (await entry.llama).dispose();
  };
  try {
    return { llama: await entry.llama, release };
  } catch (error) {
    shared.delete(library);
    throw error;
  }
}

async function start(library: LlamaLibrary): Promise<Llama> {
  try {
    // Never compiled or downloaded behind the user's back; on the processor alone, for graphics cards round differently.
    return await library.getLlama({
      gpu: false,
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      logLevel: 'disabled',
      maxThreads: 0,
    });
  } catch (error) {
    throw new InputError(
      `The package ${libraryName} has nothing that runs on ${process.platform} ${process.arch} (${said(error)}). ` +
        `Install it again with: ${installCommand}`,
    );
  }
}

/** The first line of an error. */
export function said(error: unknown): string {
  if (error instanceof AgentMeshError) return error.message;
  const text = reasonOf(error);
  return text.trim().split('\n')[0].replace(/\.$/, '');
}
