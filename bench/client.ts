/**
 * What a call to a service costs beside the service itself. CPU per decision through `openai-compatible` against a
 * local server in another process that answers at once, and the share of the ideal throughput that 64 calls at
 * once reach when it answers after 50 ms.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { Model } from '../src/contracts/index.ts';
import { systemClock } from '../src/core/index.ts';
import { openaiCompatible, openaiCompatibleOptions } from '../src/models/openai-compatible.ts';
import { fromLanguageModel, languageModelOptions } from '../src/models/parts/from-language-model.ts';
import { type Figure, printFigures, reportLoad } from './parts/measure.ts';
import { askModel } from '../src/episode/asking/index.ts';

const rules = 'Each step pays minus the summed distance from every beacon to its nearest agent. '.repeat(8);
const request = (seed: number) => ({
  prefix: rules,
  prompt: `You are Ann. Step ${seed % 12} of 12. Beacon 1 is 3 north 2 east. Choose: stay, north, east, south, west.`,
  actions: ['stay', 'north', 'east', 'south', 'west'],
  temperature: 1,
  seed,
});

async function start(waitMs: number): Promise<{ server: ChildProcess; url: string }> {
  const file = path.join(import.meta.dirname, 'parts', 'chat-server.mjs');
  const server = spawn(process.execPath, [file, String(waitMs)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  return { server, url: `http://127.0.0.1:${String(port).trim()}/v1` };
}

const context = { clock: systemClock, workers: 1 };
const ours = (url: string, options: object): Promise<Model> =>
  openaiCompatible.create(openaiCompatibleOptions.parse({ url, model: 'm', ...options }), context);
const throughSdk = (url: string, options: object): Promise<Model> => {
  const sdk = createOpenAICompatible({ name: 'local', baseURL: url, supportsStructuredOutputs: true });
  return fromLanguageModel(sdk('m')).create(languageModelOptions.parse(options), context);
};

/** Asks `count` times, `concurrency` at once, after a warm-up; CPU and wall time of this process per call, in µs. */
async function measure(waitMs: number, concurrency: number, count: number, modelAt = ours) {
  const { server, url } = await start(waitMs);
  const model = await modelAt(url, { limits: { concurrency } });
  let asked = 0;
  const ask = async (upTo: number) => {
    const lane = async () => {
      while (asked < upTo) await askModel(model, request(asked++));
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
  };
  try {
    const warmUp = Math.round(count / 4);
    await ask(warmUp);
    const cpu = process.cpuUsage();
    const began = performance.now();
    await ask(warmUp + count);
    const wallMs = performance.now() - began;
    const { user, system } = process.cpuUsage(cpu);
    return { cpuMicros: (user + system) / count, wallMs };
  } finally {
    await model.close();
    server.kill();
  }
}

reportLoad();
const fast = await measure(0, 16, 20_000);
const alone = await measure(0, 1, 5_000);
const sdk = await measure(0, 16, 5_000, throughSdk);
const count = 12_800;
const slow = await measure(50, 64, count);
const idealMs = (count / 64) * 50;
const figures: Figure[] = [
  { what: 'CPU per call, 16 at once', measured: fast.cpuMicros, unit: 'µs', atMost: 150 },
  { what: 'CPU per call, one at a time', measured: alone.cpuMicros, unit: 'µs' },
  { what: 'the same through the AI SDK, 16 at once', measured: sdk.cpuMicros, unit: 'µs' },
  {
    what: 'of the ideal throughput at 50 ms, 64 at once',
    measured: (100 * idealMs) / slow.wallMs,
    unit: '%',
    atLeast: 93,
  },
];
if (!printFigures(figures)) process.exitCode = 1;
