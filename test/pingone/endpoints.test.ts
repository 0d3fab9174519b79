import { describe, expect, it } from 'vitest';
import { flagsForIssuer } from '../../src/pingone/endpoints.ts';

const environment = 'e0000000-0000-4000-8000-000000000001';

describe('the flags for an issuer', () => {
  it.each([
    ['https://id.example.com/as', '--custom-domain id.example.com, without --auth-url'],
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
    'https://id.example.com:8443/as',
    'https://user@id.example.com/as',
    'https://id.example.com/other/as',
    `http://id.example.com/${environment}/as`,
    'something that is no address',
  ])('are none for %s, which no setting makes', (issuer) => {
    expect(flagsForIssuer(issuer)).toBeUndefined();
  });
});
