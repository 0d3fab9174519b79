import { isRegion, regions } from '../pingone/endpoints.ts';

/** What a text becomes when it is a fitting value, or what is wrong with it. */
type Parsed = { readonly value: string } | { readonly problem: string };

export interface SettingDefinition {
  /** What a person calls it. */
  readonly label: string;
  /** Commander's notation; absent where there is no flag, as for every secret. */
  readonly flag?: string;
  /** Strongest first: ours, then those of Ping's Go SDK and Terraform provider. */
  readonly variables: readonly string[];
  readonly default?: string;
  /** Never in a profile, a flag or a listing. */
  readonly secret?: true;
  readonly parse?: (text: string) => Parsed;
}

const authMethods = ['none', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'];

/** Every setting, in the order in which they are listed (contract.md, section 2). */
export const definitions = {
  environmentId: {
    label: 'environment ID',
    flag: '--environment-id <id>',
    variables: ['PING14C_ENVIRONMENT_ID', 'PINGONE_ENVIRONMENT_ID'],
    // Case and hyphens as PingOne prints them; the ID becomes part of every URL, so nothing else may stand in it.
    parse: (text) =>
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
        ? { value: text.toLowerCase() }
        : { problem: 'is not a UUID such as 01234567-89ab-cdef-0123-456789abcdef' },
  },
  region: {
    label: 'region',
    flag: '--region <domain>',
    variables: ['PING14C_REGION', 'PINGONE_TOP_LEVEL_DOMAIN', 'PINGONE_ROOT_DOMAIN'],
    default: 'com',
    parse: (text) => {
      const domain = text.toLowerCase().replace(/^\.|^pingone\./, '');
      return isRegion(domain) ? { value: domain } : { problem: `is none of ${Object.keys(regions).join(', ')}` };
    },
  },
  customDomain: {
    label: 'custom domain',
    flag: '--custom-domain <host>',
    variables: ['PING14C_CUSTOM_DOMAIN', 'PINGONE_CUSTOM_DOMAIN'],
    parse: (text) =>
      /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(text)
        ? { value: text.toLowerCase() }
        : { problem: 'is not a host name such as auth.example.com' },
  },
  authUrl: {
    label: 'authorization server base',
    flag: '--auth-url <url>',
    variables: ['PING14C_AUTH_URL'],
    parse: (text) => {
      if (/\/v1\/*$/.test(text)) return { problem: 'ends in /v1, which belongs to the API base only' };
      return serverUrl(text);
    },
  },
  apiUrl: {
    label: 'API base',
    flag: '--api-url <url>',
    variables: ['PING14C_API_URL', 'PINGONE_API_DOMAIN'],
    parse: (text) => {
      // PINGONE_API_DOMAIN is a bare host.
      const url = /^[a-z0-9.-]+$/i.test(text) ? `https://${text}/v1` : text;
      return /\/v1\/*$/.test(url) ? serverUrl(url) : { problem: 'does not end in /v1' };
    },
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
  scope: {
    label: 'scopes',
    flag: '--scope <scopes>',
    variables: ['PING14C_SCOPE'],
    default: 'openid profile email address phone p1:read:user p1:read:userPassword p1:reset:userPassword',
    parse: (text) => {
      const scopes = text.split(/[\s,]+/).filter(Boolean);
      // RFC 6749, section 3.3: scope-token
      return scopes.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))
        ? { value: [...new Set(scopes)].join(' ') }
        : { problem: 'has a character that no scope may have' };
    },
  },
  redirectUri: {
    label: 'redirect URI',
    flag: '--redirect-uri <uri>',
    variables: ['PING14C_REDIRECT_URI'],
    default: 'https://127.0.0.1/callback',
    parse: redirectUri,
  },
  caFile: {
    label: 'CA file',
    flag: '--ca-file <file>',
    variables: ['PING14C_CA_FILE'],
  },
  store: {
    label: 'session store',
    flag: '--store <kind>',
    variables: ['PING14C_STORE'],
    default: 'keychain',
    parse: (text) => oneOf(['keychain', 'file', 'memory'], text),
  },
  timeout: {
    label: 'sign-in deadline',
    flag: '--timeout <seconds>',
    variables: ['PING14C_TIMEOUT'],
    default: '300',
    parse: seconds,
  },
  httpTimeout: {
    label: 'HTTP timeout',
    variables: ['PING14C_HTTP_TIMEOUT'],
    default: '30',
    parse: seconds,
  },
} as const satisfies Record<string, SettingDefinition>;

export type SettingKey = keyof typeof definitions;

export function isSettingKey(text: string): text is SettingKey {
  return Object.hasOwn(definitions, text);
}

export function definitionOf(key: SettingKey): SettingDefinition {
  return definitions[key];
}

export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function serverUrl(text: string): Parsed {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.search || url.hash || url.username)
    return { problem: 'is not an address such as https://auth.pingone.eu' };
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))) {
    return { value: url.href.replace(/\/+$/, '') };
  }
  return { problem: 'must begin with https:// (http:// is for loopback addresses only)' };
}

/** The listener can only stand on this machine: RFC 8252, section 7.3, with https as PingOne allows. */
function redirectUri(text: string): Parsed {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['https:', 'http:'].includes(url.protocol) || !isLoopbackHost(url.hostname)) {
    return { problem: 'must be an http or https address of this machine, such as https://127.0.0.1/callback' };
  }
  if (url.hash || url.search || url.username) return { problem: 'must have no query, fragment or user name' };
  return { value: text };
}

function oneOf(allowed: readonly string[], text: string): Parsed {
  return allowed.includes(text) ? { value: text } : { problem: `is none of ${allowed.join(', ')}` };
}

function seconds(text: string): Parsed {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= 86_400
    ? { value: String(value) }
    : { problem: 'is not a number of seconds from 1 to 86400' };
}
