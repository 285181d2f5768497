// Makes sure that the browser tests find Chromium: where it is missing and Debian's package can be installed
// (root and apt-get), it is installed. Elsewhere the tests say loudly that they skip; in CI they fail.
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { findChromium } from './find-chromium.mjs';

const installMs = 300_000;

export function ensureChromium() {
  if (findChromium()) return true;
  const root = process.getuid?.() === 0;
  if (root && spawnSync('apt-get', ['--version']).status === 0) {
    const apt = (...args) =>
      spawnSync('apt-get', ['-qq', ...args], {
        stdio: ['ignore', 'ignore', 'inherit'],
        timeout: installMs,
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    console.log(
      'Chromium is missing: apt-get installs chromium and fonts-dejavu-core for the browser tests.',
    );
    apt('update');
    apt('install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
  }
  return findChromium() !== undefined;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (!ensureChromium()) {
    console.log(
      'NO CHROMIUM: the browser tests cannot run here. Install chromium, or name one in AGENTMESH_CHROMIUM.',
    );
    if (process.env.CI) process.exitCode = 1;
  }
}
