import { describe, expect, it } from 'vitest';
import {
  redirectUriMatches,
  wildcardMatches,
} from '../../../src/sandbox/authorization-server/registered-redirect-uri.ts';
import { plainRequest } from '../../support/plain-request.ts';
import { fc } from '../../support/properties.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { authorizeUrl, seedWithNative } from '../../support/sandbox-client.ts';

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

  it.each([
    ['https://app.example.com/*', 'https://app.example.com/any/path?x=1', true],
    ['https://app.example.com/cb?to=*', 'https://app.example.com/cb?to=', true],
    ['https://app.example.com/*/cb', 'https://app.example.com/team/cb', true],
    ['https://app.example.com/*/cb', 'https://app.example.com/cb', false],
    ['https://app.example.com/*', 'https://app.example.com:8443/cb', false],
    ['https://app.example.com/*', 'https://app.example.com.evil.example/cb', false],
    ['https://app.example.com/*', 'https://app.example.com/cb#x', false],
    ['https://app.example.com/*', 'https://app.example.com/c\r\nb', false],
    ['https://*.example.com/cb', 'https://app.example.com/cb', false],
    ['https://app.example.com*', 'https://app.example.com.evil.example/', false],
    ['https://app.example.com/*/*', 'https://app.example.com/a/b', false],
    ['https://app.example.com/cb', 'https://app.example.com/cb', false],
  ])('%s with a wildcard stands for %s: %s', (uri, given, matches) => {
    expect(wildcardMatches(uri, given)).toBe(matches);
  });

  it('have wildcards only where the application says so', async () => {
    const statuses = [];
    for (const allowWildcardInRedirectUris of [true, false]) {
      const redirectUris = ['https://app.example.com/*'];
      const sandbox = await startTestSandbox({ seed: seedWithNative({ redirectUris, allowWildcardInRedirectUris }) });
      const url = authorizeUrl(sandbox, { redirect_uri: 'https://app.example.com/team/cb' });
      statuses.push((await plainRequest(sandbox.certificate.cert, url)).status);
    }
    expect(statuses).toEqual([302, 400]);
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
