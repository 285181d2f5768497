import assert from 'node:assert/strict';
import type { WorkQueue } from '../contracts/index.ts';
import type { Check } from './check.ts';

export interface QueueConformanceOptions {
  /** A new, empty queue. */
  readonly create: () => Promise<WorkQueue>;
}

/** What every queue of runs must fulfil: `for (const check of queueConformance(...)) it(check.name, check.run)`. */
export function queueConformance(options: QueueConformanceOptions): Check[] {
  const check = (name: string, body: (queue: WorkQueue) => Promise<void>): Check => ({
    name,
    run: async () => {
      const queue = await options.create();
      const bounded = boundedQueue(queue);
      try {
        await body(bounded);
      } finally {
        await bounded.close();
      }
    },
  });
  return [
    check('an empty queue has no work', checkEmpty),
    check('one lane plays runs in the order in which they were put', checkOrder),
    check('a run that waits or is under way is not added again', checkIdempotent),
    check('a run that was played may be put again', checkAgain),
    ...[1, 2, 7, 64].map((concurrency) =>
      check(`${concurrency} at a time play each run once, and no more at a time`, (queue) =>
        checkOnce(queue, concurrency),
      ),
    ),
    check('two who work at once share the runs', checkShared),
    check('after the signal nothing starts, what is under way is waited for, and the rest waits', checkStop),
    check('nothing starts under a signal that is aborted already', checkStoppedBefore),
    check('an error ends the work and loses no run, its own included', checkFailure),
    check('a closed queue takes and starts nothing', checkClosed),
  ];
}

/** No check puts so many runs, so whoever hands out more would go on forever. */
const tooMany = 1000;

/** The queue, ended with an error when it hands out the same runs again and again. */
function boundedQueue(queue: WorkQueue): WorkQueue {
  let handedOut = 0;
  return {
    put: (runs) => queue.put(runs),
    work: (play, options) =>
      new Promise((resolve, reject) => {
        const bounded = (run: string) => {
          if (++handedOut <= tooMany) return play(run);
          reject(
            new assert.AssertionError({ message: `runs are handed out again and again, such as "${run}"` }),
          );
          // It would go on however this one ended.
          return new Promise<void>(() => {});
        };
        queue.work(bounded, options).then(resolve, reject);
      }),
    // What is under way never ends then, and closing would wait for it.
    close: async () => (handedOut <= tooMany ? queue.close() : undefined),
  };
}

/** Lets everything go on that can. */
const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 1));
const names = (count: number) => Array.from({ length: count }, (_, k) => `run-${k}`);

/** Plays all that waits, one after another. */
async function rest(queue: WorkQueue): Promise<string[]> {
  const played: string[] = [];
  await queue.work(async (run) => void played.push(run), { concurrency: 1 });
  return played;
}

async function checkEmpty(queue: WorkQueue) {
  assert.deepEqual(await rest(queue), []);
  await queue.put([]);
  assert.deepEqual(await rest(queue), []);
}

async function checkOrder(queue: WorkQueue) {
  await queue.put(['c', 'a']);
  await queue.put(['b']);
  assert.deepEqual(await rest(queue), ['c', 'a', 'b']);
  assert.deepEqual(await rest(queue), [], 'what was played has left the queue');
}

async function checkIdempotent(queue: WorkQueue) {
  await queue.put(['a', 'b', 'a']);
  await queue.put(['b', 'c']);
  const played: string[] = [];
  const play = async (run: string) => {
    played.push(run);
    if (run === 'b') await queue.put(['b', 'c', 'd']);
  };
  await queue.work(play, { concurrency: 1 });
  assert.deepEqual(played, ['a', 'b', 'c', 'd']);
}

async function checkAgain(queue: WorkQueue) {
  await queue.put(['a']);
  assert.deepEqual(await rest(queue), ['a']);
  await queue.put(['a']);
  assert.deepEqual(await rest(queue), ['a']);
}

async function checkOnce(queue: WorkQueue, concurrency: number) {
  const runs = names(200);
  await queue.put(runs);
  await queue.put([...runs].reverse());
  const played: string[] = [];
  let underWay = 0;
  let most = 0;
  const play = async (run: string) => {
    most = Math.max(most, ++underWay);
    // Runs end in another order than they start.
    for (let turns = run.length * (run.charCodeAt(4) % 5); turns > 0; turns--) await Promise.resolve();
    if (run.endsWith('7')) await soon();
    underWay--;
    played.push(run);
  };
  await queue.work(play, { concurrency });
  assert.equal(underWay, 0, 'work ends when everything has ended');
  assert.equal(most, concurrency);
  assert.deepEqual(played.sort(), runs.sort());
}

async function checkShared(queue: WorkQueue) {
  const runs = names(50);
  await queue.put(runs);
  const played: string[][] = [[], []];
  await Promise.all(
    played.map((mine) =>
      queue.work(
        async (run) => {
          await soon();
          mine.push(run);
        },
        { concurrency: 3 },
      ),
    ),
  );
  assert.deepEqual(played.flat().sort(), runs.sort());
  for (const mine of played) assert.ok(mine.length > 0, 'both have worked');
}

async function checkStop(queue: WorkQueue) {
  await queue.put(['a', 'b', 'c', 'd']);
  const stop = new AbortController();
  const started: string[] = [];
  let ended = 0;
  const play = async (run: string) => {
    started.push(run);
    if (started.length === 2) stop.abort();
    await soon();
    ended++;
  };
  await queue.work(play, { concurrency: 2, stop: stop.signal });
  assert.deepEqual(started, ['a', 'b']);
  assert.equal(ended, 2);
  assert.deepEqual(await rest(queue), ['c', 'd']);
}

async function checkStoppedBefore(queue: WorkQueue) {
  await queue.put(['a']);
  const play = () => assert.fail('nothing may start');
  await queue.work(play, { concurrency: 2, stop: AbortSignal.abort() });
  assert.deepEqual(await rest(queue), ['a']);
}

async function checkFailure(queue: WorkQueue) {
  const runs = names(10);
  await queue.put(runs);
  const played: string[] = [];
  const started: string[] = [];
  const broken = new Error('broken');
  const play = async (run: string) => {
    started.push(run);
    if (run === 'run-2') throw broken;
    await soon();
    if (run === 'run-3') throw new Error('broken too');
    played.push(run);
  };
  await assert.rejects(queue.work(play, { concurrency: 4 }), broken);
  assert.ok(started.length < runs.length, 'no run starts after an error');
  assert.ok(!played.includes('run-2') && !played.includes('run-3'));
  const left = await rest(queue);
  assert.deepEqual([...played, ...left].sort(), runs, 'each run was played exactly once in the end');
}

async function checkClosed(queue: WorkQueue) {
  await queue.put(['a', 'b']);
  const played: string[] = [];
  let working: Promise<void> | undefined;
  await new Promise<void>((begun) => {
    const play = async (run: string) => {
      begun();
      await soon();
      played.push(run);
    };
    working = queue.work(play, { concurrency: 1 });
  });
  await queue.close();
  assert.deepEqual(played, ['a'], 'closing waits for what is under way, and nothing new starts');
  await working;
  await assert.rejects(queue.put(['c']));
  await assert.rejects(queue.work(async () => {}, { concurrency: 1 }));
  await queue.close();
}
