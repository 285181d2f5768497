import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a worker thread from a module beside the caller.
 *
 * In the built package modules are JavaScript and start as they are. Tests and development tools run the
 * TypeScript sources, which Node 20 cannot load by itself, so there the worker registers tsx first.
 *
 * @param base the caller's `import.meta.url`
 * @param name the module's file name without its ending, relative to the caller
 *
 * @example startWorker(import.meta.url, './engine-worker', { workerData: { model: 'pocket-32k' } })
 */
export function startWorker(base: string, name: string, options: WorkerOptions = {}): Worker {
  const fromSource = new URL(base).pathname.endsWith('.ts');
  const entry = new URL(`${name}${fromSource ? '.ts' : '.js'}`, base);
  if (!fromSource) return new Worker(entry, options);
  const bootstrap = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(entry.href)}); });`;
  return new Worker(bootstrap, { ...options, eval: true });
}
