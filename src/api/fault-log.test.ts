import { describe, expect, it } from 'vitest';
import { faultsOf, StoreError } from '../contracts/index.ts';
import { memoryStore } from '../store/index.ts';
import { faultLog } from './fault-log.ts';

describe('the counts of failed attempts', () => {
  it('are kept by model and kind, over several starts', async () => {
    const store = memoryStore();
    await store.addTallies({ 'unfinished inputTokens': 7 });
    for (const times of [3, 2]) {
      const log = faultLog();
      // Before there is a store, as a probe may meet faults.
      log.onFault('ollama:qwen3:8b', 'unreachable');
      log.keepIn(store);
      for (let k = 0; k < times; k++) log.onFault('openai-compatible:http://h/v1#a b', 'rate-limited');
      await log.settled();
    }
    expect(faultsOf(await store.tallies())).toEqual({
      'ollama:qwen3:8b': { unreachable: 2 },
      'openai-compatible:http://h/v1#a b': { 'rate-limited': 5 },
    });
  });

  it('say when they cannot be kept', async () => {
    const broken = { ...memoryStore(), addTallies: () => Promise.reject(new StoreError('full', 'here')) };
    const log = faultLog();
    log.keepIn(broken);
    log.onFault('m', 'timeout');
    await expect(log.settled()).rejects.toThrow(StoreError);
  });
});
