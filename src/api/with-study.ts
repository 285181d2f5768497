import { StoreError, type StudyRecord, type StudyStore } from '../contracts/index.ts';
import { systemClock } from '../core/index.ts';
import { openStore } from '../store/index.ts';

/** Opens a study's store for reading, hands it to `body`, and closes it. Works while the study runs. */
export async function withStudy<T>(
  directory: string,
  body: (store: StudyStore, study: StudyRecord) => Promise<T>,
): Promise<T> {
  const store = await openStore(directory, { mode: 'read', clock: systemClock });
  try {
    const study = await store.study();
    if (!study)
      throw new StoreError('This study has no design yet. Start it with `agentmesh run`.', directory);
    return await body(store, study);
  } finally {
    await store.close();
  }
}
