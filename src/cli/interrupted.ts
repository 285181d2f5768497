import { exitCodes } from '../core/index.ts';

/** Resolves with the first interrupt; the second ends the process. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    let seen = false;
    const onSignal = () => {
      if (seen) process.exit(exitCodes.interrupted);
      seen = true;
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
