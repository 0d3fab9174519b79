import { describe, expect, it } from 'vitest';
import { isLoopbackHost, isSecureOrLoopback, namedPort } from '../src/loopback-host.ts';

describe('a host of this machine alone', () => {
  it.each(['localhost', '[::1]', '127.0.0.1', '127.1.2.3'])('%s is one', (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '128.0.0.1',
    '[::]',
    '[::ffff:7f00:1]',
    'localhost.example.com',
    '127.0.0.1.example.com',
    'example.localhost',
    '',
  ])('"%s" is none', (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });
});

describe('an address that secrets may travel to', () => {
  it.each([
    ['https://auth.pingone.eu/as', true],
    ['http://127.0.0.1:8080/as', true],
    ['http://[::1]/as', true],
    // The other ways to write 127.0.0.1, which browsers understand as well.
    ['http://2130706433/', true],
    ['http://auth.pingone.eu/as', false],
    ['http://127.0.0.1@example.com/', false],
    ['ftp://127.0.0.1/', false],
    ['javascript:alert(1)', false],
    ['not an address', false],
  ])('%s: %s', (address, expected) => {
    expect(isSecureOrLoopback(address)).toBe(expected);
  });
});

describe('the port that an address names', () => {
  it.each<[string, number | undefined]>([
    ['https://127.0.0.1/callback', undefined],
    ['https://127.0.0.1:8443/callback', 8443],
    ['https://127.0.0.1:443/callback', 443],
    ['http://localhost:80', 80],
    ['HTTPS://localhost:443?a=b', 443],
    ['https://[::1]/callback', undefined],
    ['https://[::1]:443/callback', 443],
    ['https://127.0.0.1/callback:443', undefined],
    ['https://127.0.0.1:/callback', undefined],
  ])('of %s is %s', (address, expected) => {
    expect(namedPort(address)).toBe(expected);
  });
});
