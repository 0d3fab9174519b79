import { Failure } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import { apiBaseOf, type EndpointSettings, environmentApiOf, issuerOf, type Region } from '../pingone/endpoints.ts';
import type { Profile } from './profiles.ts';
import { authMethods, definitionOf, definitions, type SettingKey, settingName } from './setting-definitions.ts';

/** Where a value came from, named as the person would look it up: `--region`, `PING14C_REGION`, the profile's name. */
interface Origin {
  readonly kind: 'flag' | 'environment' | 'profile' | 'default';
  readonly name: string;
}

export interface Setting {
  readonly value: string;
  readonly origin: Origin;
}

/** All settings of a run, each with where it came from. Pure data: built once, before the first side effect. */
export interface Settings {
  readonly profile: string;
  readonly all: Readonly<Partial<Record<SettingKey, Setting>>>;
}

/** Flags as commander reads them, by setting key. */
export type SettingFlags = Readonly<Partial<Record<SettingKey, string>>>;

/**
 * Finds the value of each setting: in its flag, else the environment, else the profile, else the default.
 *
 * @throws Failure `usage` naming the flag, variable or profile that holds an unfit value.
 */
export function resolveSettings(
  flags: SettingFlags,
  env: Readonly<Record<string, string | undefined>>,
  profile: { readonly name: string; readonly values: Profile },
): Settings {
  const all: Partial<Record<SettingKey, Setting>> = {};
  for (const key of Object.keys(definitions) as SettingKey[]) {
    const found = firstOf(key, flags, env, profile);
    if (found) all[key] = parsed(key, found);
  }
  return { profile: profile.name, all };
}

function firstOf(
  key: SettingKey,
  flags: SettingFlags,
  env: Readonly<Record<string, string | undefined>>,
  profile: { readonly name: string; readonly values: Profile },
): Setting | undefined {
  const definition = definitionOf(key);
  const flag = flags[key];
  if (flag !== undefined) return { value: flag, origin: { kind: 'flag', name: definition.flag?.split(' ')[0] ?? key } };
  for (const name of definition.variables) {
    const value = env[name];
    if (value) return { value, origin: { kind: 'environment', name } };
  }
  const saved = profile.values[key];
  if (saved !== undefined && !definition.secret)
    return { value: saved, origin: { kind: 'profile', name: profile.name } };
  if (definition.default === undefined) return undefined;
  return { value: definition.default, origin: { kind: 'default', name: 'default' } };
}

function parsed(key: SettingKey, { value, origin }: Setting): Setting {
  const result = definitionOf(key).parse?.(value.trim()) ?? { value };
  if ('value' in result) return { value: result.value, origin };
  const place = placeOf(origin);
  throw new Failure('usage', `The ${definitionOf(key).label} "${value}" (from ${place}) ${result.problem}.`, {
    code: 'invalid_setting',
    hint: `Correct ${place}.`,
  });
}

/** Where a person finds the value, in words, e.g. `PING14C_REGION` or `profile "work"`. */
export function placeOf({ kind, name }: Origin): string {
  return kind === 'profile' ? `profile "${name}"` : name;
}

/**
 * A setting that the command cannot do without.
 *
 * @throws Failure `usage` naming every way to give it.
 */
export function required(settings: Settings, key: SettingKey): string {
  const setting = settings.all[key];
  if (setting) return setting.value;
  const { label, flag, variables } = definitionOf(key);
  const ways = [flag?.split(' ')[0], variables[0]].filter(Boolean).join(' or ');
  throw new Failure('usage', `The ${label} is not set.`, {
    code: 'setting_missing',
    hint: `Set ${ways}, or save it in a profile with "ping14c init". To try without an account: "ping14c sandbox".`,
  });
}

export function optional(settings: Settings, key: SettingKey): string | undefined {
  return settings.all[key]?.value;
}

/** @throws Failure `usage` when the environment ID is missing. */
export function endpointsOf(settings: Settings): {
  readonly issuer: string;
  readonly apiBase: string;
  readonly environmentApi: string;
} {
  const endpoints: EndpointSettings = {
    region: required(settings, 'region') as Region,
    environmentId: required(settings, 'environmentId'),
    customDomain: optional(settings, 'customDomain'),
    authUrl: optional(settings, 'authUrl'),
    apiUrl: optional(settings, 'apiUrl'),
  };
  return { issuer: issuerOf(endpoints), apiBase: apiBaseOf(endpoints), environmentApi: environmentApiOf(endpoints) };
}

/** A setting as it is listed: made safe for a terminal, and without the value where that is a secret. */
interface ShownSetting {
  readonly name: string;
  /** Absent where the setting has no value. */
  readonly shown: string | undefined;
  /** In words, e.g. `PING14C_REGION` or `profile "work"`. */
  readonly from: string;
  readonly origin: Origin | undefined;
}

/** Every setting in the order of the definitions, those without a value included. */
export function shownSettings({ all }: Settings): readonly ShownSetting[] {
  return (Object.keys(definitions) as SettingKey[]).map((key) => {
    const setting = all[key];
    const from = setting ? originText(setting) : 'not set';
    return { name: settingName(key), shown: shownValue(key, setting), from, origin: setting?.origin };
  });
}

export function shownValue(key: SettingKey, setting: Setting | undefined): string | undefined {
  if (!setting) return undefined;
  return definitionOf(key).secret ? '(hidden)' : safeText(setting.value);
}

function originText({ origin }: Setting): string {
  return origin.kind === 'profile' ? `profile "${safeText(origin.name)}"` : origin.name;
}

/** The member of a JSON document that lists settings. */
export function settingDocument({ name, shown, origin }: ShownSetting) {
  return { name, value: shown ?? null, origin: origin ?? null };
}

/** What of the settings says who the client is and how it shows that. */
interface ChosenClient {
  readonly issuer: string;
  readonly clientId: string;
  readonly authMethod: (typeof authMethods)[number];
  readonly clientSecret?: string;
  /** A JWK or PEM file. */
  readonly privateKeyFile?: string;
}

/** Whose token is wanted: that of a user who signs in, or the application's own. */
export type TokenOwner = 'user' | 'application';

/**
 * The client that the settings name. For the application's own token the worker's settings come first, each for itself.
 *
 * @throws Failure `usage` when the environment ID or the client ID is missing.
 */
export function chosenClient(settings: Settings, owner: TokenOwner): ChosenClient {
  const worker = owner === 'application';
  const workerSecret = worker ? optional(settings, 'workerClientSecret') : undefined;
  const clientSecret = workerSecret ?? optional(settings, 'clientSecret');
  const privateKeyFile = optional(settings, 'privateKey');
  const named = [
    worker ? optional(settings, 'workerAuthMethod') : undefined,
    // A secret of the worker's own is there to be used, whatever the user's client does.
    workerSecret ? 'client_secret_basic' : optional(settings, 'authMethod'),
  ].find(Boolean);
  return {
    issuer: endpointsOf(settings).issuer,
    clientId: (worker ? optional(settings, 'workerClientId') : undefined) ?? required(settings, 'clientId'),
    authMethod: authMethods.find((method) => method === named) ?? unnamedMethod(clientSecret, privateKeyFile),
    ...(clientSecret ? { clientSecret } : {}),
    ...(privateKeyFile ? { privateKeyFile } : {}),
  };
}

/** The method where none is named. Whoever gives a secret or a key wants it used. */
function unnamedMethod(clientSecret: string | undefined, privateKeyFile: string | undefined) {
  if (clientSecret) return 'client_secret_basic';
  return privateKeyFile ? 'private_key_jwt' : 'none';
}
