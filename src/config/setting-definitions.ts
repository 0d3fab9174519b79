import { isLoopbackHost, isSecureOrLoopback } from '../loopback-host.ts';
import {
  authMethods,
  type ImplicitResponseType,
  implicitResponseTypes,
  signInGrants,
} from '../oidc/client-settings.ts';
import { isRegion, type Region, regions } from '../pingone/endpoints.ts';

/** The value that a text stands for; or what is wrong with it, in words that follow the setting's name. */
type Parsed<T> = { readonly value: T } | { readonly problem: string };

/** Takes an ID in the form that PingOne prints, and nothing else, because the ID becomes part of every URL. */
function uuid(text: string): Parsed<string> {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
    ? { value: text.toLowerCase() }
    : { problem: 'is not a UUID such as 01234567-89ab-cdef-0123-456789abcdef' };
}

/** Takes `eu`, and `pingone.eu` as Ping's variables have it. */
function region(text: string): Parsed<Region> {
  const domain = text.toLowerCase().replace(/^\.|^pingone\./, '');
  return isRegion(domain) ? { value: domain } : { problem: `is none of ${Object.keys(regions).join(', ')}` };
}

/** Takes a port too: PingOne's domains have none, but a server that stands in for PingOne on a developer's machine does. */
function hostName(text: string): Parsed<string> {
  const url = `https://${text}`;
  return /^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d{1,5})?$/i.test(text) && URL.canParse(url)
    ? { value: new URL(url).host }
    : { problem: 'is not a host name such as auth.example.com' };
}

function authorizationServerBase(text: string): Parsed<string> {
  return /\/v1\/*$/.test(text) ? { problem: 'ends in /v1, which belongs to the API base only' } : serverUrl(text);
}

/** Takes a URL that ends in `/v1`, or the bare host that PINGONE_API_DOMAIN holds. */
function apiBase(text: string): Parsed<string> {
  const url = /^[a-z0-9.-]+$/i.test(text) ? `https://${text}/v1` : text;
  return /\/v1\/*$/.test(url) ? serverUrl(url) : { problem: 'does not end in /v1' };
}

/** Takes scopes that spaces or commas separate, in the characters of RFC 6749, section 3.3. */
function scopes(text: string): Parsed<readonly string[]> {
  const names = text.split(/[\s,]+/).filter(Boolean);
  return names.every((name) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(name))
    ? { value: [...new Set(names)] }
    : { problem: 'has a character that no scope may have' };
}

/** Takes the parts in whatever order the person names them. */
function responseType(text: string): Parsed<ImplicitResponseType> {
  const parts = text.split(/[\s,]+/).filter(Boolean);
  return oneOf(implicitResponseTypes)(parts.sort().reverse().join(' '));
}

function serverUrl(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.search || url.hash || url.username)
    return { problem: 'is not an address such as https://auth.pingone.eu' };
  if (isSecureOrLoopback(text)) {
    return { value: url.href.replace(/\/+$/, '') };
  }
  return { problem: 'must begin with https:// (http:// is for loopback addresses only)' };
}

/** Takes loopback addresses only, where the listener can stand: RFC 8252, section 7.3, and https as PingOne allows. */
function redirectUri(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['https:', 'http:'].includes(url.protocol) || !isLoopbackHost(url.hostname)) {
    return { problem: 'must be an http or https address of this machine, such as https://127.0.0.1/callback' };
  }
  // PingOne compares addresses to the letter, and clients write `https://host` with a slash at the end.
  if (/^https?:\/\/[^/?#]*$/i.test(text)) return { problem: 'must have a path, such as /callback' };
  if (url.hash || url.search || url.username) return { problem: 'must have no query, fragment or user name' };
  return { value: text };
}

/** Makes the parser of a setting that is one of a few words. */
function oneOf<const T extends string>(allowed: readonly T[]): (text: string) => Parsed<T> {
  return (text) => {
    const value = allowed.find((word) => word === text);
    return value === undefined ? { problem: `is none of ${allowed.join(', ')}` } : { value };
  };
}

function seconds(text: string): Parsed<number> {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= 86_400 ? { value } : { problem: 'is not a number of seconds from 1 to 86400' };
}

function wholeSeconds(text: string): Parsed<number> {
  return /^\d{1,9}$/.test(text) ? { value: Number(text) } : { problem: 'is not a number of seconds' };
}

/** Commander's `true` is among the words: a flag without a value says yes. */
function yesOrNo(text: string): Parsed<boolean> {
  const word = text.toLowerCase();
  if (['true', 'yes', '1'].includes(word)) return { value: true };
  return ['false', 'no', '0'].includes(word) ? { value: false } : { problem: 'is neither true nor false' };
}

function address(text: string): Parsed<string> {
  return URL.canParse(text) ? { value: text } : { problem: 'is not an address such as https://example.com/bye' };
}

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
    parse: seconds,
  },
} as const satisfies Record<string, SettingDefinition>;

/** Settings that say what a sign-in asks for, and a sign-off. */
const signInSettings = {
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
    parse: oneOf(signInGrants),
  },
  responseType: {
    label: 'response type of the implicit grant',
    flag: '--response-type <types>',
    only: 'login',
    variables: ['PING14C_RESPONSE_TYPE'],
    default: 'token id_token',
    parse: responseType,
  },
  par: {
    label: 'pushed authorization requests',
    flag: '--par',
    only: 'login',
    variables: ['PING14C_PAR'],
    default: 'false',
    parse: yesOrNo,
  },
  prompt: {
    label: 'prompt of the sign-on',
    flag: '--prompt <prompt>',
    only: 'login',
    variables: ['PING14C_PROMPT'],
    choices: prompts,
    parse: oneOf(prompts),
  },
  maxAge: {
    label: 'seconds since the last sign-on, at most',
    flag: '--max-age <seconds>',
    only: 'login',
    variables: ['PING14C_MAX_AGE'],
    parse: wholeSeconds,
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
    parse: address,
  },
  timeout: {
    label: 'sign-in deadline',
    flag: '--timeout <seconds>',
    variables: ['PING14C_TIMEOUT'],
    default: '300',
    parse: seconds,
  },
} as const satisfies Record<string, SettingDefinition>;

interface SettingDefinition {
  /** What a person calls it. */
  readonly label: string;
  /** In commander's notation; a setting without a flag lacks it, as every secret does. */
  readonly flag?: string;
  /** Names the one command that has the flag; where this is absent, all have it. */
  readonly only?: string;
  /** The strongest comes first: ours, then those of Ping's Go SDK and Terraform provider. */
  readonly variables: readonly string[];
  /** As a person would type it. */
  readonly default?: string;
  /** A secret is never in a profile, a flag or a listing. */
  readonly secret?: true;
  /** The value names a file, which a profile holds with its whole path. */
  readonly file?: true;
  /** The help offers these words; what is fit is decided by `parse`. */
  readonly choices?: readonly string[];
  /** Makes the value of a text without space around it. Where this is absent, any text is the value, as it stands. */
  readonly parse?: (text: string) => Parsed<SettingValue>;
}

/** Every setting, in the order in which they are listed to a person. */
export const definitions = { ...connectionSettings, ...signInSettings };

type Definitions = typeof definitions;

export type SettingKey = keyof Definitions;

export const settingKeys = Object.keys(definitions) as readonly SettingKey[];

/** A value as its parser makes it. Durations are numbers of seconds, as a person gives them. */
export type SettingValue = string | number | boolean | readonly string[];

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
  const { parse } = definitionOf(key);
  return parse ? parse(text.trim()) : { value: text };
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
