import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type ModelDefinition,
  openStore,
  run,
  serveView,
  type ViewServer,
  systemClock,
} from '../../src/api/index.ts';
import { fillStore, syntheticStudy } from '../support/synthetic-study.ts';
import { coder } from '../support/coder.ts';
import { browserAvailable, openPage, seriousFaults } from '../support/chromium.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-view-'));
const hostileName = '<img src=x onerror=alert(1)> "\'&';
const hostileAnswer =
  `<script>alert("answer")</script><iframe src="javascript:alert(2)"></iframe>[x](javascript:alert(3))\n` +
  `\u202Edetrever\u202C \u0007\u0000\u001b[31mred ${'<b>'.repeat(3)} ${'A'.repeat(300_000)}`;

/** A model whose every answer attacks whoever shows it. */
const hostile: ModelDefinition = {
  id: 'hostile',
  title: 'hostile',
  revision: 1,
  optionsSchema: z.strictObject({}),
  create: async () => ({
    facts: {},
    fingerprint: {},
    score: async ({ candidates }) => ({
      distribution: candidates.map(() => 1 / candidates.length),
      answer: hostileAnswer,
      usage: { inputTokens: 5, outputTokens: 1 },
    }),
    close: async () => {},
  }),
};

let view: ViewServer;
const stores: (() => Promise<void>)[] = [];

async function openSynthetic(name: string, options: Parameters<typeof syntheticStudy>[0]) {
  const store = await openStore(path.join(folder, name), { clock: systemClock });
  const synthetic = syntheticStudy({ name, ...options });
  const close = () => store.close();
  stores.push(close);
  return { store, synthetic, close };
}

beforeAll(async () => {
  if (!browserAvailable) return;
  await run(
    {
      name: 'played',
      models: ['scripted', { id: hostile, label: hostileName }],
      strategies: ['none', 'untrained'],
      tasks: ['coverage', 'hidden-profile', 'matrix-game'],
      seeds: 2,
      factors: { temperature: [1] },
    },
    { dataDirectory: folder },
  );
  await run(
    {
      name: 'talks',
      models: [{ id: coder, label: 'coder' }, 'scripted'],
      strategies: ['none', 'debate'],
      tasks: ['pair-programming', 'question-set'],
      seeds: 1,
      mixedAnswers: true,
    },
    { dataDirectory: folder },
  );
  mkdirSync(path.join(folder, 'damaged'));
  writeFileSync(path.join(folder, 'damaged', 'study.db'), 'this is no database');
  view = await serveView({ dataDirectory: folder });
});
afterEach(async () => {
  for (const close of stores.splice(0)) await close();
});
afterAll(async () => {
  await (view as ViewServer | undefined)?.close();
  rmSync(folder, { recursive: true });
});

const at = (where: string) => new URL(where, view.url).href;

interface ListedRun {
  readonly run: { readonly hash: string; readonly strategy: string; readonly model: string };
}

async function runsOf(query: string): Promise<string[]> {
  const response = await fetch(at(`/api/studies/played/runs?${query}`));
  const { rows } = (await response.json()) as { rows: ListedRun[] };
  return rows.map(({ run: { hash } }) => hash);
}

async function talksOf(query: string): Promise<string[]> {
  const model = query.includes('programming') ? 'coder' : 'scripted';
  const response = await fetch(at(`/api/studies/talks/runs?model=${model}&${query}`));
  return ((await response.json()) as { rows: ListedRun[] }).rows.map(({ run: { hash } }) => hash);
}

/** Waits until that step is on screen. */
const atStep = (page: Page, step: string) => page.locator('output', { hasText: step }).waitFor();
/** What went wrong, requests aside that a change of page cut off. */
const real = (faults: readonly string[]) => faults.filter((fault) => !fault.endsWith('net::ERR_ABORTED'));
const bodyText = (page: Page) => page.locator('body').innerText();

describe.runIf(browserAvailable)('the live view', () => {
  it('follows a running study and survives the restart of its server', async () => {
    const { store, synthetic } = await openSynthetic('running', { models: 2, seeds: 2, intactOnly: true });
    const { study, outcomes } = synthetic;
    await fillStore(store, { study, outcomes: outcomes.slice(0, 10) });
    let own = await serveView({ dataDirectory: folder });
    const port = Number(new URL(own.url).port);
    const { page } = await openPage();
    await page.goto(new URL('/study/running', own.url).href);
    const done = (n: number) =>
      page.getByLabel(`${n} of ${study.runs.length} runs done, 0 could not finish`).waitFor();
    await done(10);
    await page.getByText('running', { exact: true }).last().waitFor();
    await page.locator('td.heat b').first().waitFor();

    for (const outcome of outcomes.slice(10, 20)) await store.saveOutcome(outcome);
    await done(20);

    await own.close();
    await page.getByText('the server is away').waitFor();
    // What was shown stays, and what happens meanwhile is caught up on.
    await done(20);
    for (const outcome of outcomes.slice(20)) await store.saveOutcome(outcome);
    own = await serveView({ dataDirectory: folder, port });
    await done(outcomes.length);
    await page.getByText('live', { exact: true }).waitFor();
    await page.locator('td.heat small', { hasText: ' of ' }).first().waitFor({ state: 'detached' });
    await own.close();
  });

  it('leads from a cell of the matrix to a step of an episode, by mouse and keys, and every state has a link', async () => {
    const { page, faults } = await openPage();
    await page.goto(at('/study/played'));
    const row = page.locator('tr', { has: page.getByRole('rowheader', { name: 'untrained' }) }).first();
    await row.locator('td.heat a').first().click();
    await page.getByText('1 to 2 of 2 runs').waitFor();
    await page.getByRole('link', { name: 'untrained' }).first().click();
    await atStep(page, 'Step 1 of 12');
    const ann = page.getByRole('article', { name: 'Ann' });
    expect(await ann.innerText()).toMatch(/You are Ann\. Step 1 of 12\./);
    expect(await ann.innerText()).toMatch(/model\s+advice\s+acts/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await atStep(page, 'Step 3 of 12');
    expect(new URL(page.url()).searchParams.get('step')).toBe('2');
    expect(await ann.innerText()).toMatch(/You are Ann\. Step 3 of 12\./);
    await page.reload();
    await atStep(page, 'Step 3 of 12');
    // Keys that come faster than the page draws: each one counts.
    await page.evaluate(() => {
      for (let k = 0; k < 4; k += 1) dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }));
    });
    await atStep(page, 'Step 7 of 12');
    await page.keyboard.press('End');
    await page.getByText('The episode has ended.').waitFor();
    await page.keyboard.press('Home');
    await page.getByRole('button', { name: 'Step 5', exact: true }).click();
    await atStep(page, 'Step 5 of 12');
    expect(await page.getByRole('img', { name: /^Grid of 7 by 7: .*Ann at column \d, row \d/ }).count()).toBe(
      1,
    );
    expect(real(faults)).toEqual([]);
  });

  it('turns the matrix into gains over the baseline, and back, with a link to each', async () => {
    const { page, faults } = await openPage();
    await page.goto(at('/study/played'));
    const rows = (name: string) => page.getByRole('rowheader', { name, exact: true });
    await rows('none').first().waitFor();
    await page.getByRole('link', { name: 'Gains over none' }).click();
    await rows('none').first().waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.get('show')).toBe('gain');
    await page.reload();
    await page.getByRole('region', { name: 'Table of gains' }).waitFor();
    // Two models, three tasks, one strategy beside the baseline; two seeds give every gain an interval.
    const cells = await page.locator('td.heat').allInnerTexts();
    expect(cells.length).toBe(6);
    for (const cell of cells) expect(cell).toMatch(/^([+−]\d\.\d\d|0\.00)\s*\[.+, .+\]$/);
    await page.getByRole('link', { name: 'Mean scores' }).click();
    await rows('none').first().waitFor();
    expect(real(faults)).toEqual([]);
  });

  it('puts two runs of one instance side by side, in step', async () => {
    const [first] = await runsOf('task=coverage&seed=1&strategy=none&model=scripted');
    const { page, faults } = await openPage({ viewport: { width: 1400, height: 900 } });
    await page.goto(at(`/study/played/run/${first}?step=1`));
    await atStep(page, 'Step 2 of 12');
    const others = page.getByRole('combobox', { name: 'beside' });
    const label = await others.locator('option', { hasText: 'untrained · scripted' }).innerText();
    await others.selectOption({ label });
    await expect.poll(() => page.getByRole('region', { name: /^Episode of/ }).count()).toBe(2);
    expect(new URL(page.url()).searchParams.get('with')).toMatch(/^[0-9a-f]{64}$/);
    await page.locator('h2').click();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.getByText('You are Ann. Step 3 of 12.').count()).toBe(2);
    // The same instance: beacons stand where they stand.
    const goals = await page.locator('.pane').evaluateAll((panes) =>
      panes.map((pane) =>
        Array.from(pane.querySelectorAll('.goal'))
          .map((goal) => goal.getAttribute('transform'))
          .join(),
      ),
    );
    expect(goals[0]).toBe(goals[1]);
    expect(real(faults)).toEqual([]);
  });

  it('shows hostile names and answers as text', async () => {
    const [hash] = await runsOf(
      `task=hidden-profile&seed=0&strategy=none&model=${encodeURIComponent(hostileName)}`,
    );
    const { page, faults, requests } = await openPage();
    for (const where of ['/', '/study/played', '/study/played/runs', `/study/played/run/${hash}`]) {
      await page.goto(at(where));
      await page.locator('main table').first().waitFor();
      expect(await page.locator('#app script, #app iframe, #app img, #app b b').count()).toBe(0);
    }
    const text = await bodyText(page);
    expect(text).toContain(hostileName);
    expect(text).toContain('<script>alert("answer")</script><iframe');
    expect(text).toContain('⟨U+202E⟩detrever⟨U+202C⟩ ⟨U+0007⟩⟨U+0000⟩⟨U+001B⟩[31mred');
    await page
      .getByRole('button', { name: /^Show all 20\d\d\d characters/ })
      .first()
      .click();
    await page.getByText('(300', { exact: false }).first().waitFor();
    const { scroll, width } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      width: document.documentElement.clientWidth,
    }));
    expect(scroll).toBeLessThanOrEqual(width);
    expect(real(faults)).toEqual([]);
    expect(requests.every((url) => new URL(url).origin === new URL(view.url).origin)).toBe(true);
  });

  it('a task that does not say what it looks like still shows prompts, choices and rewards', async () => {
    const [hash] = await runsOf('task=matrix-game&seed=0&strategy=none&model=scripted');
    const { page, faults } = await openPage();
    await page.goto(at(`/study/played/run/${hash}`));
    await page.getByText('Its task does not say what it looks like.').waitFor();
    expect(await page.getByRole('article', { name: 'Bob' }).innerText()).toContain('Round 1 of 1.');
    expect(real(faults)).toEqual([]);
  });

  it('shows a step with talk as a conversation, its programs in colours, and what was measured', async () => {
    const [hash] = await talksOf('strategy=debate&task=pair-programming');
    const { page, faults } = await openPage();
    await page.goto(at(`/study/talks/run/${hash}`));
    const talk = page.getByRole('region', { name: 'Conversation' });
    await talk.waitFor();
    const text = await talk.innerText();
    expect(text).toMatch(/Before anybody was heard\s+Ann drafts/);
    expect(text).toMatch(/Having heard round 1\s+Ann hands in, having read/);
    expect(text).toMatch(/Ann\s+2\s+\d+\s+\d+/);
    expect(await talk.locator('.code .code-keyword', { hasText: 'function' }).count()).toBeGreaterThan(2);
    await talk.locator('summary').first().click();
    await talk.getByRole('group', { name: 'What Ann read' }).first().waitFor();
    const measured = page.locator('table.measured');
    expect(await measured.innerText()).toMatch(/share of hidden tests that pass paid for\s+[01]\./);
    expect(await measured.innerText()).toMatch(/how main uses its helpers\s+strategy filter/);
    // Bounds that a task declares are no random play, and there is no credit whose colours could be told.
    const pane = await page.locator('.pane').innerText();
    expect(pane).toContain('scores 1');
    expect(pane).not.toMatch(/oracle|Green/);
    expect(await seriousFaults(page)).toEqual([]);
    expect(real(faults)).toEqual([]);
  });

  it('shows advisers of a question in the order in which they heard each other', async () => {
    const [hash] = await talksOf('strategy=debate&task=question-set');
    const { page } = await openPage();
    await page.goto(at(`/study/talks/run/${hash}`));
    const talk = page.getByRole('region', { name: 'Conversation' });
    const heard = async (round: string) => talk.getByRole('region', { name: round }).innerText();
    await talk.waitFor();
    expect(await heard('Before anybody was heard')).toMatch(/Ann says[^]*Bob says[^]*Cal says/);
    expect(await heard('Having heard round 2')).toMatch(/^Having heard round 2\s+Cal chooses/);
    expect(await page.getByRole('article', { name: 'Ann' }).count()).toBe(0);
  });

  it('filters and pages through runs without loading them all', async () => {
    const { store, synthetic, close } = await openSynthetic('many', { models: 1, failing: 0.05 });
    await fillStore(store, synthetic);
    await close();
    const { page, requests } = await openPage();
    await page.goto(at('/study/many/runs'));
    await page.getByText('1 to 50 of 520 runs').waitFor();
    await page.getByRole('link', { name: 'Last' }).click();
    await page.getByText('501 to 520 of 520 runs').waitFor();
    await page.getByRole('combobox', { name: 'task' }).selectOption('foraging');
    await page.getByText('1 to 50 of 130 runs').waitFor();
    await page.getByRole('link', { name: 'score' }).click();
    await page.locator('th[aria-sort=descending]').waitFor();
    await expect
      .poll(() => page.locator('tbody tr td:nth-child(6)').first().innerText())
      .toMatch(/^0\.[6-9]|^1\.0/);
    await page.goBack();
    await page.goBack();
    await page.getByText('501 to 520 of 520 runs').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(20);
    expect(requests.filter((url) => url.includes('/runs?')).every((url) => url.includes('limit=50'))).toBe(
      true,
    );
  });

  it('says what is wrong with a damaged study and what an empty one lacks', async () => {
    const { store, synthetic } = await openSynthetic('empty', { models: 1, seeds: 1, intactOnly: true });
    await store.saveStudy(synthetic.study);
    const { page } = await openPage();
    await page.goto(at('/'));
    await page.getByText(/damaged\/study\.db is damaged or not a study database/).waitFor();
    await page.goto(at('/study/damaged'));
    await page.getByText('Put a backup in its place').first().waitFor();
    await page.goto(at('/study/gone'));
    await page.getByText('There is no study "gone"').first().waitFor();
    await page.goto(at('/study/empty'));
    await page.getByText('Mean score over 0 runs so far').waitFor();
    await page.goto(at(`/study/empty/run/${synthetic.study.runs[0].hash}`));
    await page.getByText('This run has not been played yet.').waitFor();
    const nothing = await serveView({ dataDirectory: path.join(folder, 'nothing here') });
    await page.goto(nothing.url);
    await page.getByText('There is no study here yet').waitFor();
    await nothing.close();
  });

  it.each(['light', 'dark'] as const)('axe finds no serious fault in any page (%s)', async (colorScheme) => {
    const [first, second] = await runsOf('task=coverage&seed=0');
    const [talk] = await runsOf('task=hidden-profile&seed=0');
    const { page } = await openPage({ colorScheme, viewport: { width: 1400, height: 900 } });
    const pages = [
      '/',
      '/study/played',
      '/study/played?show=gain',
      '/study/played/runs',
      `/study/played/run/${first}?step=2&with=${second}`,
      `/study/played/run/${talk}?step=3`,
    ];
    for (const where of pages) {
      await page.goto(at(where));
      await page.locator('main table').first().waitFor();
      expect({ where, faults: await seriousFaults(page) }).toEqual({ where, faults: [] });
    }
  });
});
