import { regions } from '../pingone/endpoints.ts';
import type { SettingDefinition } from './definitions.ts';
import { apiBase, authorizationServerBase, hostName, oneOf, region, seconds, uuid } from './setting-values.ts';

const storeKinds = ['keychain', 'file', 'memory'];

export const authMethods = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
] as const;

/** Whom to speak to, as whom, and how. */
export const connectionSettings = {
  environmentId: {
    label: 'environment ID',
    flag: '--environment-id <id>',
    variables: ['PING14C_ENVIRONMENT_ID', 'PINGONE_ENVIRONMENT_ID'],
    parse: uuid,
  },
  region: {
    label: 'region',
    flag: '--region <domain>',
    variables: ['PING14C_REGION', 'PINGONE_TOP_LEVEL_DOMAIN', 'PINGONE_ROOT_DOMAIN'],
    default: 'com',
    choices: Object.keys(regions),
    parse: region,
  },
  customDomain: {
    label: 'custom domain',
    flag: '--custom-domain <host>',
    variables: ['PING14C_CUSTOM_DOMAIN', 'PINGONE_CUSTOM_DOMAIN'],
    parse: hostName,
  },
  authUrl: {
    label: 'authorization server base',
    flag: '--auth-url <url>',
    variables: ['PING14C_AUTH_URL'],
    parse: authorizationServerBase,
  },
  apiUrl: {
    label: 'API base',
    flag: '--api-url <url>',
    variables: ['PING14C_API_URL', 'PINGONE_API_DOMAIN'],
    parse: apiBase,
  },
  clientId: {
    label: 'client ID',
    flag: '--client-id <id>',
    variables: ['PING14C_CLIENT_ID', 'PINGONE_CLIENT_ID'],
  },
  clientSecret: {
    label: 'client secret',
    variables: ['PING14C_CLIENT_SECRET', 'PINGONE_CLIENT_SECRET'],
    secret: true,
  },
  authMethod: {
    label: 'client authentication',
    flag: '--auth-method <method>',
    choices: authMethods,
    variables: ['PING14C_AUTH_METHOD'],
    parse: (text) => oneOf(authMethods, text),
  },
  privateKey: {
    label: 'private key file',
    flag: '--private-key <file>',
    variables: ['PING14C_PRIVATE_KEY'],
  },
  workerClientId: {
    label: 'worker client ID',
    variables: ['PING14C_WORKER_CLIENT_ID', 'PINGONE_CLIENT_CREDENTIALS_CLIENT_ID'],
  },
  workerClientSecret: {
    label: 'worker client secret',
    variables: ['PING14C_WORKER_CLIENT_SECRET', 'PINGONE_CLIENT_CREDENTIALS_CLIENT_SECRET'],
    secret: true,
  },
  workerAuthMethod: {
    label: 'worker client authentication',
    variables: ['PING14C_WORKER_AUTH_METHOD'],
    parse: (text) => oneOf(authMethods, text),
  },
  caFile: {
    label: 'CA file',
    flag: '--ca-file <file>',
    variables: ['PING14C_CA_FILE'],
  },
  store: {
    label: 'session store',
    flag: '--store <kind>',
    choices: storeKinds,
    variables: ['PING14C_STORE'],
    default: 'keychain',
    parse: (text) => oneOf(storeKinds, text),
  },
  httpTimeout: {
    label: 'HTTP timeout',
    variables: ['PING14C_HTTP_TIMEOUT'],
    default: '30',
    parse: seconds,
  },
} as const satisfies Record<string, SettingDefinition>;
