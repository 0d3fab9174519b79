import { describe, expect, it } from 'vitest';
import { apiBaseOf, flagsForIssuer, issuerOf } from '../../src/pingone/endpoints.ts';

const environment = 'e0000000-0000-4000-8000-000000000001';

describe('the addresses of an environment', () => {
  const own = { region: 'com.au', environmentId: environment } as const;

  it.each([
    [{}, `https://auth.pingone.com.au/${environment}/as`],
    [{ customDomain: 'id.example.com' }, 'https://id.example.com/as'],
    [{ authUrl: 'https://127.0.0.1:8443' }, `https://127.0.0.1:8443/${environment}/as`],
    [
      { authUrl: 'https://127.0.0.1:8443//', customDomain: 'id.example.com' },
      `https://127.0.0.1:8443/${environment}/as`,
    ],
  ])('have with %j the issuer %s', (settings, issuer) => {
    expect(issuerOf({ ...own, ...settings })).toBe(issuer);
  });

  it.each([
    [{}, 'https://api.pingone.com.au/v1'],
    [{ customDomain: 'id.example.com' }, 'https://api.pingone.com.au/v1'],
    [{ apiUrl: 'https://127.0.0.1:8443/v1//' }, 'https://127.0.0.1:8443/v1'],
  ])('have with %j the API %s', (settings, api) => {
    expect(apiBaseOf({ ...own, ...settings })).toBe(api);
  });
});

describe('the flags for an issuer', () => {
  it.each([
    ['https://id.example.com/as', '--custom-domain id.example.com, without --auth-url'],
    ['https://id.example.com:8443/as', '--custom-domain id.example.com:8443, without --auth-url'],
    [
      `https://auth.pingone.com.au/${environment}/as`,
      `--region com.au --environment-id ${environment}, without --auth-url and --custom-domain`,
    ],
    [
      `https://id.example.com:8443/${environment}/as`,
      `--auth-url https://id.example.com:8443 --environment-id ${environment}`,
    ],
    [
      `https://auth.pingone.example/${environment}/as`,
      `--auth-url https://auth.pingone.example --environment-id ${environment}`,
    ],
  ])('of %s are %s', (issuer, flags) => {
    expect(flagsForIssuer(issuer)).toBe(flags);
  });

  it.each([
    'https://id.example.com/as/',
    'https://user@id.example.com/as',
    'https://id.example.com/other/as',
    `http://id.example.com/${environment}/as`,
    'something that is not an address',
  ])('are none for %s, which no setting makes', (issuer) => {
    expect(flagsForIssuer(issuer)).toBeUndefined();
  });
});
