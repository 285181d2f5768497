import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { memoryStore, run } from '../../src/api/index.ts';
import {
  atlasPage,
  type AtlasInput,
  atlasSections,
  type Block,
  type Figure,
} from '../../src/report/index.ts';
import { drawSvg } from '../../src/report/page/figure-html.ts';
import { atlasInputOf, syntheticAtlas } from '../support/atlas-input.ts';
import { scratch } from '../support/cli-process.ts';
import { goldenStudy } from '../support/golden-study.ts';
import { browserAvailable, openPage, seriousFaults } from '../support/chromium.ts';

const sectionCount = 9;
/** Figures whose drawings are kept; look at them when they change (`npx vitest -u` writes them anew). */
const reviewed = [
  'matrix-figure',
  'recommended-gain',
  'means-strategy-task',
  'scaling-figure',
  'ablation-credit',
  'cost-tokens',
  'claims-percent',
  'residuals',
];

let full: AtlasInput;
/** The same kinds of figures and tables with fewer rows, which axe would all look at. */
let small: AtlasInput;
beforeAll(async () => {
  full = await syntheticAtlas({ name: 'reviewed', seeds: 4, models: 5, price: 0.1 });
  small = await syntheticAtlas({ name: 'small', seeds: 2, models: 2, unplayed: 0.1, price: 0.1 });
});

function figuresOf(blocks: readonly Block[]): Figure[] {
  return blocks.flatMap((block) => {
    if (block.kind === 'figure') return [block.figure];
    return block.kind === 'details' ? figuresOf(block.blocks) : [];
  });
}

describe('the figures of the report', () => {
  it.each(reviewed)('%s is drawn as it was when it was looked at', async (id) => {
    const figure = atlasSections(full)
      .flatMap(({ blocks }) => figuresOf(blocks))
      .find((own) => own.id === id);
    const svg = figure && drawSvg(figure);
    await expect(svg?.replaceAll('><', '>\n<')).toMatchFileSnapshot(
      path.join(import.meta.dirname, `../golden/report/${id}.svg`),
    );
  });
});

describe.runIf(browserAvailable)('the report in a browser', () => {
  /** Opens the page from disk, as its readers do. */
  async function open(input: AtlasInput, options: Parameters<typeof openPage>[0] = {}) {
    const file = path.join(scratch(), 'report.html');
    writeFileSync(file, atlasPage(input));
    const watched = await openPage(options);
    await watched.page.goto(pathToFileURL(file).href);
    return watched;
  }

  it('shows every section, loads nothing, and puts nothing on the console', async () => {
    const { page, faults, requests } = await open(full);
    expect(await page.locator('h2:visible').count()).toBe(sectionCount);
    expect(await page.locator('figure:not(.missing) svg').count()).toBeGreaterThan(15);
    expect(requests.filter((address) => !address.startsWith('data:')).length).toBe(1);
    expect(faults).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has no serious accessibility fault in the %s', async (colorScheme) => {
    const { page } = await open(small, { colorScheme });
    await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
    expect(await seriousFaults(page)).toEqual([]);
  });

  it('fits a phone: nothing but tables and figures scrolls sideways', async () => {
    const { page } = await open(full, { viewport: { width: 360, height: 740 } });
    const width: number = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBe(360);
  });

  it('gives its tables and figures as files', async () => {
    const { page } = await open(full);
    const saving = page.waitForEvent('download');
    await page.locator('#matrix-figure a[download$=".csv"]').click();
    const saved = await (await saving).path();
    expect(readFileSync(saved, 'utf8')).toMatch(
      /^strategy,task,difference,low,high,adjusted p,adjusted low,adjusted high,note\r\n/,
    );
  });

  it('of the golden study shows its scores and says what cannot be said', async () => {
    const store = memoryStore();
    await run(goldenStudy, { store });
    const study = await store.study();
    if (!study) throw new Error('The golden study was not stored.');
    const outcomes = [];
    for await (const { outcome } of store.outcomes()) if (outcome) outcomes.push(outcome);
    const { page, faults } = await open(await atlasInputOf(study, outcomes));
    expect(await page.locator('h2:visible').count()).toBe(sectionCount);
    expect(await page.locator('#answer').innerText()).toContain('cannot be said');
    expect(await page.locator('#scores').count()).toBe(1);
    expect(faults).toEqual([]);
  });

  it('shows hostile names as text', async () => {
    const hostile = '<img src=x onerror=alert(1)>\u202E</style><script>alert(2)</script>';
    const study = { ...full.study, name: hostile };
    const { page, faults } = await open({ ...full, study, command: hostile });
    expect(await page.title()).toContain('<img src=x');
    expect(await page.locator('img, script').count()).toBe(0);
    expect(faults).toEqual([]);
  });
});
