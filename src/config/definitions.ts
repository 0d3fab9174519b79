import {
  apiBase,
  authorizationServerBase,
  hostName,
  oneOf,
  type Parsed,
  redirectUri,
  region,
  responseType,
  scopes,
  seconds,
  uuid,
} from './setting-values.ts';

export interface SettingDefinition {
  /** What a person calls it. */
  readonly label: string;
  /** Commander's notation; absent where there is no flag, as for every secret. */
  readonly flag?: string;
  /** The one command that has the flag; all have it where this is absent. */
  readonly only?: string;
  /** Strongest first: ours, then those of Ping's Go SDK and Terraform provider. */
  readonly variables: readonly string[];
  readonly default?: string;
  /** Never in a profile, a flag or a listing. */
  readonly secret?: true;
  readonly parse?: (text: string) => Parsed;
}

export const authMethods = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
] as const;

/** Every setting, in the order in which they are listed (contract.md, section 2). */
export const definitions = {
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
    parse: scopes,
  },
  redirectUri: {
    label: 'redirect URI',
    flag: '--redirect-uri <uri>',
    variables: ['PING14C_REDIRECT_URI'],
    default: 'https://127.0.0.1/callback',
    parse: redirectUri,
  },
  grant: {
    label: 'grant that login uses',
    variables: ['PING14C_GRANT'],
    default: 'authorization_code',
    parse: (text) => oneOf(['authorization_code', 'implicit', 'device_code'], text),
  },
  responseType: {
    label: 'response type of the implicit grant',
    flag: '--response-type <types>',
    only: 'login',
    variables: ['PING14C_RESPONSE_TYPE'],
    default: 'token id_token',
    parse: responseType,
  },
  prompt: {
    label: 'prompt of the sign-on',
    flag: '--prompt <prompt>',
    only: 'login',
    variables: ['PING14C_PROMPT'],
    parse: (text) => oneOf(['login', 'none', 'consent'], text),
  },
  maxAge: {
    label: 'seconds since the last sign-on, at most',
    flag: '--max-age <seconds>',
    only: 'login',
    variables: ['PING14C_MAX_AGE'],
    parse: (text) => (/^\d{1,9}$/.test(text) ? { value: String(Number(text)) } : { problem: 'is not a number of seconds' }),
  },
  acrValues: {
    label: 'sign-on policies, by name',
    flag: '--acr-values <names>',
    only: 'login',
    variables: ['PING14C_ACR_VALUES'],
  },
  postLogoutRedirectUri: {
    label: 'where the sign-off page leads',
    flag: '--post-logout-redirect-uri <uri>',
    only: 'logout',
    variables: ['PING14C_POST_LOGOUT_REDIRECT_URI'],
    parse: (text) =>
      URL.canParse(text) ? { value: text } : { problem: 'is not an address such as https://example.com/bye' },
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

/** What `ping14c config` calls a setting: its key in lower case with hyphens, e.g. `environment-id`. */
export function settingName(key: SettingKey): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The setting of that name, if there is one. */
export function settingNamed(name: string): SettingKey | undefined {
  return (Object.keys(definitions) as SettingKey[]).find((key) => settingName(key) === name || key === name);
}
