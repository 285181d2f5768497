import { StoreError, type StudyRecord, type StudyReader } from '../contracts/index.ts';
import { readStore } from '../store/index.ts';

/** Opens a study's store for reading, hands it to `body`, and closes it. Works while the study runs. */
export async function withStudy<T>(
  directory: string,
  body: (store: StudyReader, study: StudyRecord) => Promise<T>,
): Promise<T> {
  const store = await readStore(directory);
  try {
    const study = await store.study();
    if (!study)
      throw new StoreError('This study has no design yet. Start it with `agentmesh run`.', directory);
    return await body(store, study);
  } finally {
    await store.close();
  }
}
