import { onTestFinished } from 'vitest';
import { type FlakyService, flakyService, type FlakyServiceOptions } from './flaky-service.ts';

/** A service for the test that is running; it is closed when the test ends. */
export async function serve(options: FlakyServiceOptions = {}): Promise<FlakyService> {
  const service = await flakyService(options);
  onTestFinished(() => service.close());
  return service;
}
