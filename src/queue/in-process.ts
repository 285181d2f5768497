import type { WorkQueue } from '../contracts/index.ts';

/** A queue in the memory of this process: the runs are played here, and gone with it. The store knows what is missing. */
export function inProcessQueue(): WorkQueue {
  const waiting = new Set<string>();
  const underWay = new Map<string, Promise<void>>();
  let open = true;
  const requireOpen = () => {
    if (!open) throw new Error('The queue has been closed.');
  };
  // One iterator for long: a new one would step over all that was taken before.
  let order = waiting.values();
  const take = (): string | undefined => {
    let next = order.next();
    if (next.done) {
      order = waiting.values();
      next = order.next();
    }
    if (next.done) return undefined;
    waiting.delete(next.value);
    return next.value;
  };
  return {
    put: async (runs) => {
      requireOpen();
      for (const run of runs) if (!underWay.has(run)) waiting.add(run);
    },
    work: async (play, { concurrency, stop }) => {
      requireOpen();
      const failures: unknown[] = [];
      const lane = async () => {
        while (open && failures.length === 0 && !stop?.aborted) {
          const run = take();
          if (run === undefined) return;
          // Put down as under way before it begins, so that nobody can add it meanwhile.
          const played = Promise.resolve(run).then(play);
          underWay.set(run, played);
          try {
            await played;
            underWay.delete(run);
          } catch (error) {
            underWay.delete(run);
            if (open) waiting.add(run);
            failures.push(error);
          }
        }
      };
      await Promise.all(Array.from({ length: concurrency }, lane));
      if (failures.length > 0) throw failures[0];
    },
    close: async () => {
      open = false;
      waiting.clear();
      await Promise.allSettled(underWay.values());
    },
  };
}
