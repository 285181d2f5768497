import { faultTally, type ModelContext, type StudyWriter } from '../contracts/index.ts';

/** Counts failed attempts, and keeps the counts in a study's store while it runs. */
export interface FaultLog {
  readonly onFault: NonNullable<ModelContext['onFault']>;
  /** From now on, counts go into this store. */
  keepIn(store: StudyWriter): void;
  /** Resolves when everything counted so far is stored. @throws StoreError when it cannot be */
  settled(): Promise<void>;
}

/** Counts are stored at once, those that come meanwhile together, so that a kill loses next to nothing. */
export function faultLog(): FaultLog {
  let pending: Record<string, number> = {};
  let store: StudyWriter | undefined;
  let writing: Promise<void> = Promise.resolve();
  let planned = false;
  const write = () => {
    if (planned || !store) return;
    planned = true;
    const target = store;
    writing = writing.then(async () => {
      planned = false;
      const amounts = pending;
      pending = {};
      if (Object.keys(amounts).length > 0) await target.addTallies(amounts);
    });
    // A store that fails ends the study by itself; `settled` says so where nothing else does.
    writing.catch(() => {});
  };
  return {
    onFault: (model, kind) => {
      const name = faultTally(model, kind);
      pending[name] = (pending[name] ?? 0) + 1;
      write();
    },
    keepIn: (target) => {
      store = target;
      write();
    },
    settled: () => writing,
  };
}
