import { expect, describe, it } from 'vitest';
import { browserAvailable, openPage, seriousFaults } from '../support/chromium.ts';

describe.runIf(browserAvailable)('the browser of the tests', () => {
  it('notices errors on the console, uncaught exceptions and what axe calls serious', async () => {
    const { page, faults } = await openPage();
    await page.setContent(
      '<!doctype html><html lang="en"><title>t</title><h1>t</h1><button></button><img src="data:,">' +
        '<script>console.error("told"); throw new Error("thrown")</script>',
    );
    await expect.poll(() => faults).toContain('told');
    await expect.poll(() => faults.join()).toContain('thrown');
    expect((await seriousFaults(page)).join()).toMatch(/button-name[^]*image-alt/);
  });

  it('finds nothing on a plain page', async () => {
    const { page, faults } = await openPage();
    await page.setContent('<!doctype html><html lang="en"><title>t</title><main><h1>t</h1></main>');
    expect(faults).toEqual([]);
    expect(await seriousFaults(page)).toEqual([]);
  });
});
