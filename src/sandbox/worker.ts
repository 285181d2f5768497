import { parentPort } from 'node:worker_threads';
import { createEngine } from './engine.ts';
import type { Program } from './program.ts';

// One program at a time: whoever sends waits for the answer.
const port = parentPort!;
const engine = await createEngine();
port.on(
  'message',
  (program: Program) => void engine.run(program).then((outcomes) => port.postMessage(outcomes)),
);
port.postMessage('ready');
