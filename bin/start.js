import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const there = (name) => existsSync(new URL(`../${name}`, import.meta.url));

/** Starts the command line, or says in one sentence why there is none here yet. */
export async function start() {
  let main;
  try {
    ({ main } = await import('../dist/cli/main.js'));
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    console.error(sentence(error));
    process.exitCode = 2;
    return;
  }
  await main(process.argv.slice(2));
}

function sentence({ message }) {
  if (!there('src')) return `AgentMesh-STM is not completely installed (${message}). Install it again.`;
  return message.startsWith('Cannot find package') || !there('node_modules/typescript')
    ? `AgentMesh-STM is not installed here. Install and build it: npm ci (in ${root}).`
    : `AgentMesh-STM has not been built here. Build it: npm run build (in ${root}).`;
}
