import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redirectUriMatches } from '../../../src/sandbox/authorization-server/authorization-request.ts';

const registered = [
  'https://127.0.0.1/callback',
  'http://localhost:8080/cb?x=1',
  'https://app.example.com/cb',
  'app.example:/cb',
];

describe('redirect URIs', () => {
  it.each([
    ['https://127.0.0.1/callback', true],
    ['https://127.0.0.1:54321/callback', true],
    ['http://localhost/cb?x=1', true],
    ['http://localhost:1/cb?x=1', true],
    ['https://app.example.com/cb', true],
    ['app.example:/cb', true],
    ['http://127.0.0.1/callback', false],
    ['https://127.0.0.1/callback/', false],
    ['https://127.0.0.1/Callback', false],
    ['https://127.0.0.1/callback?x=1', false],
    ['https://127.0.0.1/callback#x', false],
    ['https://127.0.0.1/x/../callback', false],
    ['https://127.0.0.1:99999/callback', false],
    ['https://localhost/callback', false],
    ['https://127.0.0.1.example.com/callback', false],
    ['https://127.0.0.1:1@example.com/callback', false],
    ['https://[::1]/callback', false],
    ['https://app.example.com:8443/cb', false],
    ['', false],
  ])('%s matches: %s', (given, matches) => {
    expect(redirectUriMatches(registered, given)).toBe(matches);
  });

  it('never lead to a host that is not registered', () => {
    const pieces = ['@', ':', '1', '8080', '.', 'example.com', '/callback', '/cb', '?x=1', '#', '\\', '//', '%2f', ' '];
    const starts = ['https://127.0.0.1', 'http://localhost', 'https://app.example.com'];
    const uri = fc
      .tuple(fc.constantFrom(...starts), fc.array(fc.constantFrom(...pieces), { maxLength: 4 }))
      .map(([start, rest]) => start + rest.join(''));
    const hosts = ['127.0.0.1', 'localhost', 'app.example.com'];
    fc.assert(
      fc.property(uri, (given) => {
        const reaches = redirectUriMatches(registered, given) ? new URL(given).hostname : hosts[0];
        expect(hosts).toContain(reaches);
      }),
      { numRuns: 2000 },
    );
  });
});
