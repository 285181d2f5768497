/**
 * A study of 300 runs against a service that fails one request in five, in every way that tests know, and is dead
 * for 30 seconds in the middle: in real time, with the limits that a study has by default. Its table must be the one
 * of a study without faults. Takes two to four minutes.
 *
 *   npm run verify:services
 */
import { memoryStore, run, type StudyInput, type StudyReader } from '../src/api/index.ts';
import { faultsOf } from '../src/contracts/index.ts';
import { systemClock } from '../src/core/index.ts';
import { flakyService, type FlakyServiceOptions } from '../test/support/flaky-service.ts';

const options: { faultShare: number } & FlakyServiceOptions = {
  faultShare: 0,
  latencyMs: 20,
  retryAfter: '1',
};
const service = await flakyService(options);
const study: StudyInput = {
  name: 'verification',
  models: [{ id: `openai-compatible:${service.origin}/v1#m`, label: 'served', limits: { timeoutMs: 5000 } }],
  strategies: ['none'],
  tasks: ['matrix-game', 'two-step-game', 'hidden-profile'],
  seeds: 100,
};

async function table(store: StudyReader): Promise<string> {
  const rows = [];
  for await (const row of store.outcomes()) rows.push(row);
  return JSON.stringify(rows);
}

const seconds = () => systemClock.monotonicMs() / 1000;
const calm = memoryStore();
await run(study, { store: calm });
const calmRequests = service.requests.length;
console.log(`without faults: ${calmRequests} requests`);

options.faultShare = 0.2;
const flaky = memoryStore();
const began = seconds();
const running = run(study, { store: flaky });
while (service.requests.length < 1.5 * calmRequests) await systemClock.sleep(50);
console.log(`${(seconds() - began).toFixed(0)} s: the service dies for 30 s`);
await service.die(30_000);
console.log(`${(seconds() - began).toFixed(0)} s: it is back`);
const { summary } = await running;
await service.close();

const asked = service.requests.length - calmRequests;
const faults = [...service.faults.values()].reduce((sum, n) => sum + n, 0);
const equal = (await table(flaky)) === (await table(calm));
console.log(
  `${(seconds() - began).toFixed(0)} s: ${summary.completed} runs, ${summary.failed} of them failed`,
);
console.log(`${asked} requests, ${faults} of them met a fault: ${JSON.stringify([...service.faults])}`);
console.log(`counted by the study: ${JSON.stringify(faultsOf(await flaky.tallies()))}`);
console.log(
  equal ? 'The table is the one without faults.' : 'The table DIFFERS from the one without faults.',
);
if (!equal || summary.failed > 0 || summary.completed < 300) process.exitCode = 1;
