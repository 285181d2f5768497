/**
 * The live view over a study of 10,000 runs: first paint of its pages, and what following a study costs.
 *
 *     npm run bench -- view
 *
 * Needs Chromium, and Linux for the CPU time of the server.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { findChromium } from '../scripts/find-chromium.mjs';
import { systemClock } from '../src/core/index.ts';
import { openStore } from '../src/store/index.ts';
import { fillStore, syntheticStudy } from '../test/support/synthetic-study.ts';
import { type Figure, median, printFigures, reportLoad } from './parts/measure.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-bench-view-'));
const program = path.resolve(import.meta.dirname, '../bin/agentmesh.js');
const repeats = 5;
const followSeconds = 20;
const perSecond = 20;

/** Starts the server as users do, and resolves with its address. */
async function startServer() {
  const child = spawn(process.execPath, [program, 'view', '--data', folder, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes('}')) break;
  }
  const { url } = JSON.parse(text) as { url: string };
  return { url, pid: child.pid ?? 0, stop: () => child.kill() };
}

/** User and system time so far, in milliseconds; the kernel counts in hundredths of a second. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

interface Paint {
  readonly first: number;
  readonly ready: number;
}

/** From the request to the first paint, and to the content that the page is for. */
async function paint(browser: Browser, url: string, content: string): Promise<Paint> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await page.locator(content).first().waitFor();
  const times = await page.evaluate(() => ({
    first: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    ready: performance.now(),
  }));
  await context.close();
  return times;
}

reportLoad();
const store = await openStore(path.join(folder, 'large'), { clock: systemClock });
const synthetic = syntheticStudy({ name: 'large', seeds: 28, failing: 0.02, price: 0.05 });
const { study, outcomes } = synthetic;
const later = followSeconds * perSecond;
await fillStore(store, { study, outcomes: outcomes.slice(0, -later) });

const browser = await chromium.launch({
  executablePath: findChromium(),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const figures: Figure[] = [];
const cold = await startServer();
const before = cpuMs(cold.pid);
const asked = performance.now();
await (await fetch(new URL('/api/studies/large/scores', cold.url))).text();
figures.push(
  { what: 'matrix, worked out anew', measured: performance.now() - asked, unit: 'ms' },
  { what: 'matrix, worked out anew: CPU', measured: cpuMs(cold.pid) - before, unit: 'ms' },
);
cold.stop();

const server = await startServer();
try {
  const pages = [
    ['overview', '/study/large', '.tile'],
    ['table of runs', '/study/large/runs', 'tbody tr'],
  ] as const;
  for (const [name, where, content] of pages) {
    const paints: Paint[] = [];
    for (let k = 0; k < repeats; k++)
      paints.push(await paint(browser, new URL(where, server.url).href, content));
    const first = paints.map((p) => p.first);
    figures.push(
      { what: `${name}: first paint, median`, measured: median(first), unit: 'ms', atMost: 1000 },
      { what: `${name}: first paint, slowest`, measured: Math.max(...first), unit: 'ms' },
      { what: `${name}: content shown, median`, measured: median(paints.map((p) => p.ready)), unit: 'ms' },
    );
  }

  const page = await browser.newPage();
  await page.goto(new URL('/study/large', server.url).href);
  await page.locator('td.heat').first().waitFor();
  const started = cpuMs(server.pid);
  const start = performance.now();
  for (const outcome of outcomes.slice(-later)) {
    await store.saveOutcome(outcome);
    await systemClock.sleep(1000 / perSecond);
  }
  const seconds = (performance.now() - start) / 1000;
  figures.push({
    what: `server CPU while ${Math.round(later / seconds)} runs a second finish`,
    measured: (cpuMs(server.pid) - started) / seconds,
    unit: 'ms per second',
    atMost: 100,
  });
  console.log(`${study.runs.length} runs`);
  if (!printFigures(figures)) process.exitCode = 1;
} finally {
  server.stop();
  await browser.close();
  await store.close();
  rmSync(folder, { recursive: true });
}
