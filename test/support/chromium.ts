import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { type Browser, chromium, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, onTestFinished } from 'vitest';
import { findChromium } from '../../scripts/find-chromium.mjs';

const executablePath = findChromium();

/**
 * True where browser tests can run. `npm test` installs Chromium where it may (`scripts/ensure-chromium.mjs`);
 * where there is none, the tests skip and say so, and in CI they fail.
 *
 * @example describe.runIf(browserAvailable)('the page', () => { ... });
 */
export const browserAvailable = executablePath !== undefined || Boolean(process.env.CI);

if (executablePath === undefined) {
  console.warn('\nSKIPPED, NO CHROMIUM: browser tests do not run here. Install chromium to run them.\n');
}

/** Ends only what hangs: pages are slow on a busy machine. */
const patienceMs = 120_000;

let browser: Promise<Browser> | undefined;

/** The browser of this test file, started once and closed after its tests. */
function openBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('There is no Chromium on this machine.');
  browser ??= chromium.launch({
    executablePath,
    timeout: patienceMs,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  return browser;
}

afterAll(async () => {
  await (await browser)?.close();
  browser = undefined;
});

/** A page, and everything that went wrong on it: console errors, uncaught exceptions, failed requests. */
export interface WatchedPage {
  readonly page: Page;
  readonly faults: readonly string[];
  /** Addresses the page asked for, the document itself included. */
  readonly requests: readonly string[];
}

/** Opens an empty page in a context of its own, which is gone after the test. */
export async function openPage(options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await (await openBrowser()).newContext(options);
  onTestFinished(() => context.close());
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const faults: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('requestfailed', (request) => faults.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on('request', (request) => requests.push(request.url()));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { page, faults, requests };
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeViolation {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

/** Accessibility faults that axe-core calls serious or critical, one line each. */
export async function seriousFaults(page: Page): Promise<string[]> {
  // Through the debugging protocol, which a page's content security policy does not hold up.
  await page.evaluate(axeSource);
  const violations: AxeViolation[] = await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] }).then((results) => results.violations)',
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help} at ${JSON.stringify(node.target)} ${node.failureSummary ?? ''}`),
    );
}
