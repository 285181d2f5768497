/**
 * A training process for the tests, which kill it: `training-process.ts <strategy> <checkpoint> <hold>`. It keeps a
 * state at every look; after the first one past update `hold` it says `holding` and stands still.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../src/core/index.ts';
import { checkpointFile } from '../../src/training/checkpoint.ts';
import { tinyTraining } from './tiny-training.ts';

const [strategy, file, hold] = process.argv.slice(2);
const kept = checkpointFile(file, { key: 'tiny', clock: systemClock, periodMs: 0 });
let saved = 0;
await tinyTraining(strategy, {
  checkpoints: {
    ...kept,
    save: (state) => {
      kept.save(state);
      saved++;
    },
  },
  onProgress: ({ update }) => {
    if (saved === 0 || update < Number(hold)) return;
    writeSync(1, 'holding\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
writeSync(1, 'finished\n');
