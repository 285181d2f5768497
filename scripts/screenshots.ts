/**
 * `npm run screenshots [-- <report.html> [name]]`: takes the pictures of the report that the documentation shows, in
 * light and dark, on a phone, and of the matrix alone; with a name, one picture of the matrix by that name. Without a
 * report, the one of the study `full` is taken.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findChromium } from './find-chromium.mjs';

const root = path.resolve(import.meta.dirname, '..');
const report = path.resolve(process.argv[2] ?? path.join(root, 'agentmesh-data/full/report.html'));
const only = process.argv[3];
const folder = path.join(root, 'docs/images');
const largestBytes = 300_000;

const executablePath = findChromium();
if (!executablePath)
  throw new Error('There is no Chromium here: install it, or name one in AGENTMESH_CHROMIUM.');
if (!existsSync(report))
  throw new Error(`${report} is not there. Name a report, or run \`npm run study:full\`.`);
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({
  executablePath,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const taken: string[] = [];

async function take(
  name: string,
  options: BrowserContextOptions,
  shoot: (page: Page, file: string) => Promise<unknown>,
): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(pathToFileURL(report).href);
  const file = path.join(folder, `${name}.png`);
  await shoot(page, file);
  await context.close();
  taken.push(file);
}

const screen = { viewport: { width: 860, height: 1060 } };
const view = (page: Page, file: string) => page.screenshot({ path: file });
const figures = [
  ['matrix', '#matrix-figure'],
  ['interactions', '#means-strategy-task'],
  ['scaling', '#scaling-figure'],
] as const;
if (only === undefined) {
  await take('report', screen, view);
  await take('report-dark', { ...screen, colorScheme: 'dark' }, view);
  await take('report-phone', { viewport: { width: 375, height: 780 } }, view);
}
for (const [name, figure] of only === undefined ? figures : [[only, figures[0][1]] as const]) {
  await take(name, { viewport: { width: 780, height: 900 } }, async (page, file) => {
    const picture = page.locator(`${figure} .plot-frame svg`);
    if ((await picture.count()) > 0) await picture.screenshot({ path: file });
    else console.log(`${figure} is not in this report: ${name}.png is left as it is.`);
  });
}
await browser.close();

for (const file of taken.filter(existsSync)) {
  const bytes = statSync(file).size;
  console.log(`${path.relative(root, file)}: ${Math.round(bytes / 1000)} kB`);
  if (bytes > largestBytes) {
    console.error(`${path.relative(root, file)} is above ${largestBytes / 1000} kB.`);
    process.exitCode = 1;
  }
}
