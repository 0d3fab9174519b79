import { expect, it } from 'vitest';
import { takesToken, tools, toolVariables } from '../../src/pingone/tool-variables.ts';

type TokenTaker = Parameters<typeof toolVariables>[0];
type Target = Parameters<typeof toolVariables>[1];

const environmentId = '01234567-89ab-cdef-0123-456789abcdef';

const target: Target = {
  accessToken: 'the token',
  environmentId,
  region: 'eu',
  issuer: `https://auth.pingone.eu/${environmentId}/as`,
  apiBase: 'https://api.pingone.eu/v1',
};

/** All that the sources of the two tools read, as a person may have it exported for something else. */
const exported = {
  PINGONE_API_ACCESS_TOKEN: 'other',
  PINGONE_API_ACCESS_TOKEN_EXPIRY: 'tomorrow',
  PINGONE_AUTH_GRANT_TYPE: 'client_credentials',
  PINGONE_ENVIRONMENT_ID: 'other',
  PINGONE_CLIENT_ID: 'other',
  PINGONE_CLIENT_SECRET: 'other',
  PINGONE_CLIENT_CREDENTIALS_CLIENT_ID: 'other',
  PINGONE_CLIENT_CREDENTIALS_CLIENT_SECRET: 'other',
  PINGONE_REGION: 'Canada',
  PINGONE_REGION_CODE: 'CA',
  PINGONE_TOP_LEVEL_DOMAIN: 'ca',
  PINGONE_ROOT_DOMAIN: 'pingone.ca',
  PINGONE_CUSTOM_DOMAIN: 'id.example.org',
  PINGONE_API_DOMAIN: 'api.pingone.ca',
  PINGONE_AUTH_SERVICE_HOSTNAME: 'auth.pingone.ca',
  PINGONE_API_SERVICE_HOSTNAME: 'api.pingone.ca',
  SERVICE_AUTH_PINGONE_API_ACCESS_TOKEN: 'other',
  SERVICE_AUTH_PINGONE_AUTH_GRANT_TYPE: 'client_credentials',
  SERVICE_ENDPOINT_PINGONE_API_DOMAIN: 'api.pingone.ca',
  SCHEME: 'http',
  EDITOR: 'ed',
};

function found(tool: TokenTaker, changes: Partial<Target>): object {
  const all = Object.entries({ ...exported, ...toolVariables(tool, { ...target, ...changes }) });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

const token = { PINGONE_API_ACCESS_TOKEN: 'the token', EDITOR: 'ed' };

it.each<[string, Partial<Target>, object]>([
  ['a region', {}, { PINGONE_REGION_CODE: 'EU' }],
  ['another region', { apiBase: 'https://api.pingone.com.au/v1' }, { PINGONE_REGION_CODE: 'AU' }],
  ['a custom domain', { issuer: 'https://id.example.com/as' }, { PINGONE_REGION_CODE: 'EU' }],
  [
    'hosts of one’s own',
    { issuer: `https://auth.example.com/${environmentId}/as`, apiBase: 'https://api.example.com/v1' },
    {
      PINGONE_REGION_CODE: 'EU',
      PINGONE_AUTH_SERVICE_HOSTNAME: 'auth.example.com',
      PINGONE_API_SERVICE_HOSTNAME: 'api.example.com',
    },
  ],
])('terraform at %s finds the token without the environment that it refuses beside one', (_, changes, servers) => {
  expect(found('terraform', changes)).toEqual({ ...token, ...servers });
});

it.each<[string, Partial<Target>, object]>([
  ['a region', { apiBase: 'https://api.pingone.asia/v1' }, { PINGONE_TOP_LEVEL_DOMAIN: 'asia' }],
  ['a host of one’s own', { apiBase: 'https://localhost:9443/v1' }, { PINGONE_API_DOMAIN: 'localhost:9443' }],
  [
    'a custom domain',
    { issuer: 'https://id.example.com/as' },
    { PINGONE_TOP_LEVEL_DOMAIN: 'eu', PINGONE_CUSTOM_DOMAIN: 'id.example.com' },
  ],
  [
    'any server, with a token whose end is known',
    { expiresAt: 1_800_000_000_999 },
    { PINGONE_TOP_LEVEL_DOMAIN: 'eu', PINGONE_API_ACCESS_TOKEN_EXPIRY: '1800000000' },
  ],
])('pingone-go-client at %s finds the token and its servers, and nothing else', (_, changes, servers) => {
  expect(found('pingone-go-client', changes)).toEqual({ ...token, PINGONE_ENVIRONMENT_ID: environmentId, ...servers });
});

it('knows which tools take a token', () => {
  expect(tools.filter(takesToken)).toEqual(['terraform', 'pingone-go-client']);
});
