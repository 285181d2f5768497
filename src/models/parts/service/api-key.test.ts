import { describe, expect, it } from 'vitest';
import { serviceUrl } from './api-key.ts';

function refusal(address: string): string {
  try {
    return serviceUrl(address, `openai-compatible:${address}#mine`);
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the address of a service', () => {
  it('loses its trailing slashes', () => {
    expect(serviceUrl('http://127.0.0.1:8080/v1//', 'mine')).toBe('http://127.0.0.1:8080/v1');
  });

  it('is shown when it is no URL', () => {
    expect(refusal('127.0.0.1')).toContain('"127.0.0.1" of the model');
  });

  it('never shows a password or a key, whether it can be read or not', () => {
    for (const address of [
      'http://ann:hunter2@127.0.0.1:99999/v1',
      'ann:hunter2@nowhere',
      'http://[::1/v1?key=hunter2',
      'ftp://ann:hunter2@127.0.0.1/v1',
      'http://ann:hunter2@127.0.0.1/v1',
      'http://127.0.0.1/v1?key=hunter2',
    ]) {
      expect(refusal(address)).not.toContain('hunter2');
    }
  });
});
