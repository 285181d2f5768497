import { describe, expect, it } from 'vitest';
import { strangeSource } from './local-request.ts';

describe('a request to a server of this machine', () => {
  it.each(['localhost', 'LOCALHOST:80', '127.0.0.1:11435', '[::1]:9'])('is known by the Host %s', (host) => {
    expect(strangeSource({ host })).toBeUndefined();
    expect(strangeSource({ host, origin: 'http://localhost:3000' })).toBeUndefined();
    expect(strangeSource({ host, origin: 'https://[::1]' })).toBeUndefined();
  });

  it.each([
    undefined,
    '',
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost@evil.example:1',
    '10.0.0.1',
    'a/b',
  ])('is strange by the Host %s', (host) => {
    expect(strangeSource(host === undefined ? {} : { host })).toBe('host');
  });

  it.each([
    'null',
    '',
    'http://evil.example',
    'http://localhost.evil.example',
    'file://',
    'http://localhost/x',
    'localhost',
  ])('is strange by the Origin %s', (origin) => {
    expect(strangeSource({ host: 'localhost', origin })).toBe('origin');
  });

  it('is known by further names, and by any address where that is allowed', () => {
    expect(strangeSource({ host: 'lab:1', origin: 'http://lab' }, { hosts: ['Lab'] })).toBeUndefined();
    expect(strangeSource({ host: '10.0.0.1:1' }, { anyAddress: true })).toBeUndefined();
    expect(strangeSource({ host: 'evil.example' }, { anyAddress: true })).toBe('host');
  });
});
