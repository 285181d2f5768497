import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateBudget } from './rate-budget.ts';
import { ServiceFault } from './fault.ts';
import { throttle, type Turn } from './throttle.ts';
import { virtualClock } from '../../../../test/support/virtual-clock.ts';

const slowDown = (retryAfterMs?: number) => new ServiceFault('rate-limited', '429', { retryAfterMs });

describe('throttle', () => {
  it('lets as many calls go as it may, the rest in the order of asking', async () => {
    const limiter = throttle({ concurrency: 2 }, virtualClock());
    const order: number[] = [];
    const turns = [0, 1, 2, 3].map(async (k) => {
      const turn = await limiter.start(0);
      order.push(k);
      return turn;
    });
    (await turns[0]).succeeded(0);
    (await turns[1]).failed();
    await Promise.all(turns);
    expect(order).toEqual([0, 1, 2, 3]);
    expect(limiter.inFlight).toBe(2);
  });

  it('halves on a 429, once for all calls that were under way, and never below 1', async () => {
    const clock = virtualClock();
    const limiter = throttle({ concurrency: 8 }, clock);
    const turns: Turn[] = [];
    for (let k = 0; k < 8; k++) turns.push(await limiter.start(0));
    turns[0].failed(slowDown());
    expect(limiter.limit).toBe(4);
    for (const turn of turns.slice(1)) turn.failed(slowDown());
    expect(limiter.limit).toBe(4);
    for (let k = 0; k < 5; k++) {
      // Those that follow each other hold all calls back for a while.
      const waiting = limiter.start(0);
      await clock.advance(60_000);
      (await waiting).failed(slowDown());
    }
    expect(limiter.limit).toBe(1);
  });

  it('recovers by one for about as many successes as calls may be under way, up to what it may', async () => {
    const limiter = throttle({ concurrency: 8 }, virtualClock());
    (await limiter.start(0)).failed(slowDown());
    // 4 to 5 takes 1 / (1/4 + ...) successes: at 1/limit each, five steps pass the next integer.
    for (let k = 0; k < 5; k++) (await limiter.start(0)).succeeded(0);
    expect(limiter.limit).toBe(5);
    for (let k = 0; k < 100; k++) (await limiter.start(0)).succeeded(0);
    expect(limiter.limit).toBe(8);
  });

  it('does not slow down for faults that are not about the rate', async () => {
    const limiter = throttle({ concurrency: 8 }, virtualClock());
    (await limiter.start(0)).failed(new ServiceFault('server-error', '500'));
    expect(limiter.limit).toBe(8);
  });

  it('holds all calls back for as long as Retry-After says', async () => {
    const clock = virtualClock();
    const limiter = throttle({ concurrency: 8 }, clock);
    (await limiter.start(0)).failed(slowDown(5000));
    let started = 0;
    for (let k = 0; k < 3; k++) void limiter.start(0).then(() => started++);
    await clock.advance(4999);
    expect(started).toBe(0);
    await clock.advance(2);
    expect(started).toBe(3);
  });

  it('holds all calls back when 429s follow each other, for twice as long with each, until one succeeds', async () => {
    const clock = virtualClock();
    const limiter = throttle({ concurrency: 8 }, clock);
    // The first holds nobody: calls back off on their own.
    (await limiter.start(0)).failed(slowDown(0));
    for (const hold of [250, 500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]) {
      (await limiter.start(0)).failed(slowDown(0));
      let started: Turn | undefined;
      const waiting = limiter.start(0).then((turn) => (started = turn));
      await clock.advance(hold - 1);
      expect(started).toBeUndefined();
      await clock.advance(1);
      (await waiting).failed();
    }
    (await limiter.start(0)).succeeded(0);
    (await limiter.start(0)).failed(slowDown(0));
    await expect(limiter.start(0)).resolves.toBeDefined();
  });

  it('after a stop waits for calls under way, but for no time to pass', async () => {
    const clock = virtualClock();
    const stop = new AbortController();
    const reason = new Error('stopped');
    const limiter = throttle({ concurrency: 1 }, clock, stop.signal);
    const first = await limiter.start(0);
    const second = limiter.start(0);
    stop.abort(reason);
    first.succeeded(0);
    (await second).failed(slowDown(60_000));
    await expect(limiter.start(0)).rejects.toBe(reason);
    await clock.advance(60_000);
    await expect(limiter.start(0)).resolves.toBeDefined();

    const late = new AbortController();
    const held = throttle({ concurrency: 1 }, clock, late.signal);
    (await held.start(0)).failed(slowDown(60_000));
    const waiting = [held.start(0), held.start(0)];
    late.abort(reason);
    expect(await Promise.allSettled(waiting)).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
  });

  it('forgets a waiting call that is aborted, and the others move up', async () => {
    const limiter = throttle({ concurrency: 1 }, virtualClock());
    const first = await limiter.start(0);
    const abort = new AbortController();
    const reason = new Error('stopped');
    const second = limiter.start(0, abort.signal);
    const third = limiter.start(0);
    abort.abort(reason);
    await expect(second).rejects.toBe(reason);
    first.succeeded(0);
    await expect(third).resolves.toBeDefined();
    await expect(limiter.start(0, abort.signal)).rejects.toBe(reason);
  });

  it('keeps to tokens per minute, correcting estimates by what was used', async () => {
    const clock = virtualClock();
    const limiter = throttle({ concurrency: 100, tokensPerMinute: 6000 }, clock);
    let started = 0;
    let wrong = 0;
    // Estimated at 200 tokens each, used 100: about 60 calls a minute, not 30.
    const calls = Array.from({ length: 200 }, async () => {
      const turn = await limiter.start(200);
      started++;
      if (limiter.inFlight > 100) wrong++;
      turn.succeeded(100);
    });
    await clock.advance(60_000);
    expect(started).toBeGreaterThan(50);
    expect(started).toBeLessThanOrEqual(60);
    expect(wrong).toBe(0);
    await clock.advance(180_000);
    await Promise.all(calls);
  });
});

describe('a budget per minute', () => {
  it('is never exceeded in any 60 seconds, and nearly used when there is enough to do', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.array(fc.nat(2000), { minLength: 1, maxLength: 50 }),
        (perMinute, pauses) => {
          const budget = rateBudget(perMinute);
          const times: number[] = [];
          let now = 0;
          // Greedy: takes whatever it may, with idle pauses in between that fill the bucket.
          for (let k = 0; k < 400; k++) {
            now += k % 8 === 0 ? pauses[(k / 8) % pauses.length] : 0;
            now += budget.waitMs(1, now);
            budget.use(1, now);
            times.push(now);
          }
          for (let first = 0, last = 0; last < times.length; last++) {
            while (times[last] - times[first] >= 60_000) first++;
            expect(last - first + 1).toBeLessThanOrEqual(Math.max(perMinute, 1) + 1e-9);
          }
        },
      ),
      { numRuns: 50 },
    );
    const budget = rateBudget(600);
    let now = 0;
    for (let k = 0; k < 600; k++) {
      now += budget.waitMs(1, now);
      budget.use(1, now);
    }
    expect(now).toBeLessThan(61_000);
  });

  it('has no limit when none is given', () => {
    expect(rateBudget(undefined).waitMs(1e9, 0)).toBe(0);
  });
});
