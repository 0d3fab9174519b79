import { expect, it } from 'vitest';
import { type Tool, toolVariables } from '../../src/pingone/tool-variables.ts';

const environmentId = '01234567-89ab-cdef-0123-456789abcdef';

/** What the tool finds, out of an environment in which another client, grant and region were exported. */
function found(tool: Tool, apiBase: string): object {
  const exported = {
    PINGONE_CLIENT_ID: 'other',
    PINGONE_CLIENT_SECRET: 'other',
    PINGONE_AUTH_GRANT_TYPE: 'client_credentials',
    PINGONE_REGION_CODE: 'CA',
    PINGONE_ROOT_DOMAIN: 'pingone.ca',
    PINGONE_API_SERVICE_HOSTNAME: 'api.pingone.ca',
    EDITOR: 'ed',
  };
  const target = {
    accessToken: 'the token',
    environmentId,
    issuer: `https://auth.example.com/${environmentId}/as`,
    apiBase,
  };
  const all = Object.entries({ ...exported, ...toolVariables(tool, target) });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

const token = { PINGONE_API_ACCESS_TOKEN: 'the token', PINGONE_ENVIRONMENT_ID: environmentId, EDITOR: 'ed' };

it.each<[Tool, string, object]>([
  ['terraform', 'https://api.pingone.eu/v1', { PINGONE_REGION_CODE: 'EU' }],
  ['terraform', 'https://api.pingone.com.au/v1', { PINGONE_REGION_CODE: 'AU' }],
  [
    'terraform',
    'https://api.example.com/v1',
    { PINGONE_AUTH_SERVICE_HOSTNAME: 'auth.example.com', PINGONE_API_SERVICE_HOSTNAME: 'api.example.com' },
  ],
  ['pingone-go-client', 'https://api.pingone.asia/v1', { PINGONE_TOP_LEVEL_DOMAIN: 'asia' }],
  ['pingone-go-client', 'https://api.example.com:8443/v1', { PINGONE_API_DOMAIN: 'api.example.com:8443' }],
])('%s at %s finds the token and its servers, and nothing that would override them', (tool, apiBase, servers) => {
  expect(found(tool, apiBase)).toEqual({ ...token, ...servers });
});
