import { authMethods, implicitResponseTypes, signInGrants } from '../oidc/client-settings.ts';
import { regions } from '../pingone/endpoints.ts';
import { scopesNeeded } from '../pingone/scopes.ts';
import {
  address,
  age,
  apiBase,
  authorizationServerBase,
  hostName,
  oneOf,
  type Parsed,
  plainText,
  redirectUri,
  region,
  responseType,
  scopes,
  secretText,
  timeLimit,
  uuid,
  yesOrNo,
} from './setting-parsers.ts';

interface SettingDefinition {
  /** What a person calls it. */
  readonly label: string;
  /** In commander's notation; a setting without a flag lacks it, as every secret does. */
  readonly flag?: string;
  /** Names the one command that has the flag; where this is absent, all have it. */
  readonly only?: string;
  /** The strongest comes first: ours, then those of Ping's Go SDKs, Terraform provider and pingctl (docs/pingone.md, section 1). */
  readonly variables: readonly string[];
  /** As a person would type it. */
  readonly default?: string;
  /** A secret is never in a profile, a flag or a listing. */
  readonly secret?: true;
  /** The value names a file, which a profile holds with its whole path. */
  readonly file?: true;
  /** The help offers these words; what is fit is decided by `parse`. */
  readonly choices?: readonly string[];
  /** Makes the value of a text, which `plainText` has cleaned. Where this is absent, that text is the value. */
  readonly parse?: (text: string) => Parsed<SettingValue>;
}

/** A value as its parser makes it. Durations are numbers of seconds, as a person gives them. */
export type SettingValue = string | number | boolean | readonly string[];

const storeKinds = ['keychain', 'file', 'memory'] as const;
const prompts = ['login', 'none', 'consent'] as const;

/** Settings that say whom to speak to, as whom, and how. */
const connectionSettings = {
  environmentId: {
    label: 'environment ID',
    flag: '--environment-id <id>',
    variables: ['PING14C_ENVIRONMENT_ID', 'PINGONE_ENVIRONMENT_ID'],
    parse: uuid,
  },
  region: {
    label: 'region',
    flag: '--region <domain>',
    variables: [
      'PING14C_REGION',
      'PINGONE_TOP_LEVEL_DOMAIN',
      'PINGONE_ROOT_DOMAIN',
      'PINGONE_REGION_CODE',
      'PINGONE_REGION',
    ],
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
    variables: ['PING14C_AUTH_URL', 'PINGONE_AUTH_SERVICE_HOSTNAME', 'PINGONE_AUTH_URL'],
    parse: authorizationServerBase,
  },
  apiUrl: {
    label: 'API base',
    flag: '--api-url <url>',
    variables: ['PING14C_API_URL', 'PINGONE_API_DOMAIN', 'PINGONE_API_SERVICE_HOSTNAME', 'PINGONE_API_URL'],
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
    parse: oneOf(authMethods),
  },
  privateKey: {
    label: 'private key file',
    flag: '--private-key <file>',
    file: true,
    variables: ['PING14C_PRIVATE_KEY'],
  },
  workerClientId: {
    label: 'worker client ID',
    variables: ['PING14C_WORKER_CLIENT_ID', 'PINGONE_CLIENT_CREDENTIALS_CLIENT_ID', 'PINGONE_WORKER_APP_CLIENT_ID'],
  },
  workerClientSecret: {
    label: 'worker client secret',
    variables: [
      'PING14C_WORKER_CLIENT_SECRET',
      'PINGONE_CLIENT_CREDENTIALS_CLIENT_SECRET',
      'PINGONE_WORKER_APP_CLIENT_SECRET',
    ],
    secret: true,
  },
  workerAuthMethod: {
    label: 'worker client authentication',
    choices: authMethods,
    variables: ['PING14C_WORKER_AUTH_METHOD'],
    parse: oneOf(authMethods),
  },
  caFile: {
    label: 'CA file',
    flag: '--ca-file <file>',
    file: true,
    variables: ['PING14C_CA_FILE'],
  },
  store: {
    label: 'session store',
    flag: '--store <kind>',
    choices: storeKinds,
    variables: ['PING14C_STORE'],
    default: 'keychain',
    parse: oneOf(storeKinds),
  },
  httpTimeout: {
    label: 'HTTP timeout',
    variables: ['PING14C_HTTP_TIMEOUT'],
    default: '30',
    parse: timeLimit,
  },
} as const satisfies Record<string, SettingDefinition>;

/** Settings that say what a sign-in asks for, and a sign-off. */
const signInSettings = {
  scope: {
    label: 'scopes',
    flag: '--scope <scopes>',
    variables: ['PING14C_SCOPE'],
    default: [...scopesNeeded.whoami, ...scopesNeeded.passwd].join(' '),
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
    choices: signInGrants,
    default: 'authorization_code',
    parse: oneOf(signInGrants),
  },
  responseType: {
    label: 'response type of the implicit grant',
    flag: '--response-type <types>',
    only: 'login',
    variables: ['PING14C_RESPONSE_TYPE'],
    choices: implicitResponseTypes,
    default: 'token id_token',
    parse: responseType,
  },
  par: {
    label: 'pushed authorization requests',
    flag: '--par',
    only: 'login',
    variables: ['PING14C_PAR'],
    choices: ['true', 'false'],
    default: 'false',
    parse: yesOrNo,
  },
  prompt: {
    label: 'prompt of the sign-in',
    flag: '--prompt <prompt>',
    only: 'login',
    variables: ['PING14C_PROMPT'],
    choices: prompts,
    parse: oneOf(prompts),
  },
  maxAge: {
    label: 'seconds since the last sign-in, at most',
    flag: '--max-age <seconds>',
    only: 'login',
    variables: ['PING14C_MAX_AGE'],
    parse: age,
  },
  acrValues: {
    label: 'sign-on policies, by name',
    flag: '--acr-values <names>',
    only: 'login',
    variables: ['PING14C_ACR_VALUES'],
  },
  postLogoutRedirectUri: {
    label: 'post-logout redirect URI',
    flag: '--post-logout-redirect-uri <uri>',
    only: 'logout',
    variables: ['PING14C_POST_LOGOUT_REDIRECT_URI'],
    parse: address,
  },
  timeout: {
    label: 'sign-in deadline',
    flag: '--timeout <seconds>',
    variables: ['PING14C_TIMEOUT'],
    default: '300',
    parse: timeLimit,
  },
} as const satisfies Record<string, SettingDefinition>;

/** Every setting, in the order in which they are listed to a person. */
export const definitions = { ...connectionSettings, ...signInSettings };

type Definitions = typeof definitions;

export type SettingKey = keyof Definitions;

export const settingKeys = Object.keys(definitions) as readonly SettingKey[];

type ParsedBy<D> = D extends { readonly parse: (text: string) => Parsed<infer T> } ? T : string;

/** `Present` for a setting with a default; for any other also `undefined`, because nobody may have set it. */
type WhereSet<K extends SettingKey, Present> = Definitions[K] extends { readonly default: string }
  ? Present
  : Present | undefined;

/** The value of each setting, in the type that its parser makes. */
export type SettingValues = { readonly [K in SettingKey]: WhereSet<K, ParsedBy<Definitions[K]>> };

/** One `T` for each setting that has a value. */
export type ForEachSet<T> = { readonly [K in SettingKey]: WhereSet<K, T> };

export function isSettingKey(text: string): text is SettingKey {
  return Object.hasOwn(definitions, text);
}

export function definitionOf(key: SettingKey): SettingDefinition {
  return definitions[key];
}

export function parseSetting(key: SettingKey, text: string): Parsed<SettingValue> {
  const { parse, secret } = definitionOf(key);
  const plain = secret ? secretText(text) : plainText(text);
  return parse && 'value' in plain ? parse(plain.value) : plain;
}

/** The text of a value, as a person would type it: parsed again, it is the same value. */
export function settingText(value: SettingValue): string {
  return typeof value === 'object' ? value.join(' ') : String(value);
}

/** What `ping14c config` calls a setting: its key in lower case with hyphens, e.g. `environment-id`. */
export function settingName(key: SettingKey): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The setting of that name, if there is one. */
export function settingNamed(name: string): SettingKey | undefined {
  return settingKeys.find((key) => settingName(key) === name || key === name);
}
