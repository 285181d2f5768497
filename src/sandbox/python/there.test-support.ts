import { pythonHere } from './run.ts';

/** Whether there is Python here. Tests that need it skip elsewhere, and this says so. */
export const pythonThere = looked();

function looked(): boolean {
  try {
    pythonHere();
    return true;
  } catch {
    console.warn(
      '\nSKIPPED, NO PYTHON: programs in Python are tested where Python 3.8 or later is installed.\n',
    );
    return false;
  }
}
