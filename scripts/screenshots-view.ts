/** `npm run screenshots:view`: takes the pictures of the live view that the documentation shows. Needs Chromium. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { openStore, run, serveView, systemClock } from '../src/api/index.ts';
import { fillStore, syntheticStudy } from '../test/support/synthetic-study.ts';
import { findChromium } from './find-chromium.mjs';

interface Listed {
  readonly rows: readonly { readonly run: { readonly hash: string } }[];
}

interface Shot {
  readonly name: string;
  readonly at: string;
  readonly scheme?: 'dark';
  readonly width?: number;
  readonly height?: number;
}

/**
 * The live view: a study that is running (its scores are invented), and episodes that an embedded model played.
 */
async function viewScreenshots(browser: Browser, target: string): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-shots-'));
  const store = await openStore(path.join(folder, 'atlas'), { clock: systemClock });
  await fillStore(
    store,
    syntheticStudy({ seeds: 3, models: 3, failing: 0.02, unplayed: 0.35, price: 0.05, intactOnly: true }),
  );
  await run(
    {
      name: 'first-look',
      models: ['pocket-32k'],
      strategies: ['none', 'untrained'],
      tasks: ['coverage', 'foraging', 'assembly', 'hidden-profile'],
      seeds: [3],
    },
    { dataDirectory: folder },
  );
  const view = await serveView({ dataDirectory: folder });
  const runOf = async (query: string) => {
    const response = await fetch(new URL(`/api/studies/first-look/runs?${query}`, view.url));
    return ((await response.json()) as Listed).rows[0].run.hash;
  };
  const episode = async (task: string, strategy = 'none') =>
    `/study/first-look/run/${await runOf(`task=${task}&strategy=${strategy}`)}`;
  const shots: Shot[] = [
    { name: 'view-overview', at: '/study/atlas' },
    { name: 'view-runs', at: '/study/atlas/runs?order=score&descending=yes', height: 560 },
    { name: 'view-episode', at: `${await episode('coverage')}?step=3`, height: 800 },
    {
      name: 'view-beside',
      at: `${await episode('coverage')}?step=4&with=${await runOf('task=coverage&strategy=untrained')}`,
      height: 1120,
    },
    { name: 'view-assembly', at: `${await episode('assembly')}?step=6`, scheme: 'dark', height: 760 },
    { name: 'view-discussion', at: `${await episode('hidden-profile')}?step=2`, height: 900 },
    { name: 'view-phone', at: `${await episode('foraging')}?step=4`, width: 390, height: 844 },
  ];
  try {
    for (const { name, at, scheme, width = 1320, height = 860 } of shots) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: scheme ?? 'light',
      });
      const page = await context.newPage();
      await page.goto(new URL(at, view.url).href);
      await page.locator('.heat, .lanes, .runs-table').first().waitFor();
      await page.waitForTimeout(300);
      await page.screenshot({ path: path.join(target, `${name}.png`) });
      await context.close();
    }
  } finally {
    await view.close();
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

const target = path.resolve(import.meta.dirname, '../docs/images');
mkdirSync(target, { recursive: true });
const browser = await chromium.launch({
  executablePath: findChromium(),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  await viewScreenshots(browser, target);
} finally {
  await browser.close();
}
