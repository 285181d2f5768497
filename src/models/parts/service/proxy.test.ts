import { describe, expect, it } from 'vitest';
import { InputError } from '../../../core/index.ts';
import { proxyFor } from './proxy.ts';

const both = { HTTP_PROXY: 'http://plain:3128', HTTPS_PROXY: 'http://secure:3128' };
const shown = (
  address: string,
  environment: Record<string, string>,
  use: 'environment' | 'always' | 'never' = 'environment',
) => proxyFor(address, use, environment)?.shown;

describe('the proxy for an address', () => {
  it('is the one of its protocol; small letters come first, and ALL_PROXY last', () => {
    expect(shown('http://models.example', both)).toBe('http://plain:3128 (HTTP_PROXY)');
    expect(shown('https://models.example', both)).toBe('http://secure:3128 (HTTPS_PROXY)');
    expect(shown('http://models.example', { ...both, http_proxy: 'small:1' })).toBe(
      'http://small:1 (http_proxy)',
    );
    expect(shown('https://models.example', { HTTP_PROXY: 'http://plain:3128' })).toBeUndefined();
    expect(shown('https://models.example', { all_proxy: 'socks5://all:1080' })).toBe(
      'socks5://all:1080 (all_proxy)',
    );
    expect(shown('http://models.example', {})).toBeUndefined();
    expect(shown('http://models.example', { HTTP_PROXY: ' ' })).toBeUndefined();
  });

  it('is none for this machine, unless asked', () => {
    for (const host of [
      '127.0.0.1:8080',
      'localhost',
      'LOCALHOST:1',
      '127.8.9.1',
      '[::1]:8080',
      'a.localhost',
    ]) {
      expect(shown(`http://${host}/v1`, both)).toBeUndefined();
      expect(shown(`http://${host}/v1`, both, 'always')).toBe('http://plain:3128 (HTTP_PROXY)');
    }
    expect(shown('http://models.example', both, 'never')).toBeUndefined();
  });

  it.each([
    ['models.example', true],
    ['.models.example', true],
    ['*.models.example', true],
    ['example', true],
    ['MODELS.example', true],
    ['other, models.example', true],
    ['models.example:8080', true],
    ['models.example:80', false],
    ['dels.example', false],
    ['*', true],
    ['', false],
  ])('NO_PROXY=%s leaves models.example:8080 out: %s', (exceptions, out) => {
    const direct = shown('http://models.example:8080', { ...both, NO_PROXY: exceptions }) === undefined;
    expect(direct).toBe(out);
  });

  it('NO_PROXY lists networks, too', () => {
    const environment = { ...both, no_proxy: '10.0.0.0/8 fd00::/8,192.168.1.5' };
    expect(shown('http://10.20.30.40', environment)).toBeUndefined();
    expect(shown('http://[fd00::1]:80', environment)).toBeUndefined();
    expect(shown('http://192.168.1.5', environment)).toBeUndefined();
    expect(shown('http://11.20.30.40', environment)).toBeDefined();
    expect(shown('http://11.20.30.40', { ...both, no_proxy: 'x/8 10.0.0.0/99' })).toBeDefined();
  });

  it('never shows its password', () => {
    const proxy = proxyFor('http://models.example', 'environment', {
      HTTP_PROXY: 'http://ann:s%23cret@plain:3128',
    });
    expect(proxy?.shown).toBe('http://plain:3128 (HTTP_PROXY)');
    expect(proxy?.secrets).toEqual(['s#cret', 's%23cret', Buffer.from('ann:s#cret').toString('base64')]);
    for (const wrong of ['http://ann:hunter2@:x', 'gopher://ann:hunter2@plain']) {
      const refused = () => proxyFor('http://models.example', 'environment', { HTTP_PROXY: wrong });
      expect(refused).toThrow(InputError);
      expect(refused).not.toThrow(/hunter2/);
      expect(refused).toThrow(/HTTP_PROXY/);
    }
  });
});
