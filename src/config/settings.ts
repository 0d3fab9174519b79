import { Failure } from '../errors.ts';
import type { AuthMethod, ClientSettings } from '../oidc/client-settings.ts';
import { didYouMean } from '../output/did-you-mean.ts';
import { safeText } from '../output/safe-text.ts';
import { shellWord } from '../output/shell-words.ts';
import { apiBaseOf, environmentApiOf, issuerOf } from '../pingone/endpoints.ts';
import { ping14c, wording } from '../wording.ts';
import { type NamedProfile, profilesFile } from './profiles.ts';
import {
  definitionOf,
  type ForEachSet,
  parseSetting,
  type SettingKey,
  type SettingValue,
  type SettingValues,
  settingKeys,
  settingName,
  settingText,
} from './setting-definitions.ts';
import { type Parsed, plainText, secretText, type Unfit } from './setting-parsers.ts';

/** Where a value came from, named as the person would look it up: `--region`, `PING14C_REGION`, the profile's name. */
interface Origin {
  readonly kind: 'flag' | 'environment' | 'file' | 'profile' | 'default';
  readonly name: string;
}

/** All settings of a run. `resolveSettings` alone makes them, once, before the first side effect. */
export interface Settings {
  readonly profile: string;
  readonly values: SettingValues;
  readonly origins: ForEachSet<Origin>;
  readonly leftAside: LeftAside | undefined;
  /** What the profile holds and cannot be used. To read such a value throws its failure, so that it hurts only who needs it. */
  readonly unfit: ReadonlyMap<SettingKey, Failure>;
  /** Where blanks, line ends or quotes around a value were taken off. */
  readonly trimmedAt: readonly string[];
}

/** Flags as commander reads them, by setting key. */
export type SettingFlags = Readonly<Partial<Record<SettingKey, string>>>;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds the value of each setting: in its flag, else our variable, else the source in force, else the default.
 *
 * @throws Failure `usage` naming the flag or variable that holds an unfit value; one in the profile is in `unfit`.
 */
export function resolveSettings(flags: SettingFlags, env: Environment, profile: NamedProfile): Settings {
  const values: Partial<Record<SettingKey, SettingValue>> = {};
  const origins: Partial<Record<SettingKey, Origin>> = {};
  const unusable = new Map<SettingKey, Failure>();
  const trimmedAt: string[] = [];
  for (const key of settingKeys) {
    const found = strongestOf(key, flags, env, profile);
    if (!found) continue;
    origins[key] = found.origin;
    const parsed = parsedValue(key, found.value);
    if ('value' in parsed) {
      values[key] = parsed.value;
    } else {
      const failure = unfitValue(key, found, parsed, profile);
      if (found.origin.kind !== 'profile') throw failure;
      unusable.set(key, failure);
      Object.defineProperty(values, key, { get: () => thrown(failure) });
    }
    if (isTrimmed(found.value)) trimmedAt.push(placeOf(found.origin));
  }
  // Each value comes from the parser of its own key, which the compiler cannot follow through a loop.
  return {
    profile: profile.name,
    values: values as SettingValues,
    origins: origins as Settings['origins'],
    leftAside: leftAside(env, profile),
    unfit: unusable,
    trimmedAt,
  };
}

function thrown(failure: Failure): never {
  throw failure;
}

/** What is given for a setting: a text, but for a profile that somebody has written by hand. */
interface Given {
  readonly value: unknown;
  readonly origin: Origin;
}

/** The strongest that is given for a setting. There is none where the setting has no default either. */
function strongestOf(key: SettingKey, flags: SettingFlags, env: Environment, profile: NamedProfile): Given | undefined {
  const definition = definitionOf(key);
  const flag = flags[key];
  if (flag !== undefined) return { value: flag, origin: { kind: 'flag', name: definition.flag?.split(' ')[0] ?? key } };
  const source = sourceInForce(env, profile);
  for (const name of definition.variables) {
    const text = variable(env, name);
    if (text && (source === 'ping' || !isPings(name))) return { value: text, origin: { kind: 'environment', name } };
  }
  const saved = profile.values[key];
  if (source === 'profile' && saved !== undefined && !definition.secret) {
    const { name, imported } = profile;
    const isImported = imported !== undefined && imported.values[key] !== undefined;
    const origin: Origin = isImported ? { kind: 'file', name: imported.file } : { kind: 'profile', name };
    return { value: saved, origin };
  }
  if (definition.default === undefined) return undefined;
  return { value: definition.default, origin: { kind: 'default', name: 'default' } };
}

/** A variable that holds nothing but blanks is as good as not set. */
function variable(env: Environment, name: string): string | undefined {
  return env[name]?.trim() ? env[name] : undefined;
}

/** Whether a text that fits was cleaned first: see `plainText` and `secretText`. */
function isTrimmed(text: unknown): boolean {
  if (typeof text !== 'string') return false;
  const plain = plainText(text);
  return 'value' in plain && plain.value !== text;
}

/** Ping's own variable for the environment ID; without it, the others of Ping's name nothing that one could speak to. */
const pingsEnvironment = 'PINGONE_ENVIRONMENT_ID';

/**
 * Which of the two weaker sources counts. They are never mixed: what was exported for Terraform must not meet the client of a
 * profile, and whoever names a profile means that one.
 */
export function sourceInForce(env: Environment, { isNamed }: NamedProfile): 'ping' | 'profile' {
  return variable(env, pingsEnvironment) && !isNamed ? 'ping' : 'profile';
}

function isPings(variable: string): boolean {
  return variable.startsWith('PINGONE_');
}

/** What would be a setting, had its source not been left aside as a whole. */
interface LeftAside {
  /** Each in words, e.g. `PINGONE_CLIENT_ID`, or `client-id in profile "work"`. */
  readonly places: readonly string[];
  /** What counts instead, and how to have it the other way: a sentence. */
  readonly reason: string;
}

/** Names what `resolveSettings` leaves aside; `undefined` where that is nothing. */
export function leftAside(env: Environment, profile: NamedProfile): LeftAside | undefined {
  const place = `profile "${profile.name}"`;
  if (sourceInForce(env, profile) === 'ping') {
    const places = settingKeys
      .filter((key) => profile.values[key] !== undefined)
      .map((key) => `${settingName(key)} in ${place}`);
    const reason = `${pingsEnvironment} is set, so Ping's variables count; name the profile with -P to use it instead.`;
    return places.length > 0 ? { places, reason } : undefined;
  }
  const places = settingKeys.flatMap((key) =>
    definitionOf(key).variables.filter((name) => isPings(name) && variable(env, name)),
  );
  return places.length > 0 ? { places, reason: whyProfileCounts(profile) } : undefined;
}

function whyProfileCounts({ name, isNamed, imported }: NamedProfile): string {
  const place = `profile "${name}"`;
  if (imported) return `The values of ${imported.file} go into the ${place}, so Ping's variables do not count.`;
  return isNamed
    ? `The ${place} is named, so Ping's variables do not count; to use them, name no profile.`
    : `The ${place} counts; to use Ping's variables instead, set ${pingsEnvironment} too.`;
}

function parsedValue(key: SettingKey, value: unknown): Parsed<SettingValue> {
  if (typeof value === 'string') return parseSetting(key, value);
  return { problem: `is ${typeWords(value)}, and must be a text in quotes` };
}

function typeWords(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function unfitValue(key: SettingKey, { value, origin }: Given, unfit: Unfit, { name, folder }: NamedProfile): Failure {
  const shown = typeof value === 'string' && !definitionOf(key).secret ? ` "${value}"` : '';
  const meant = didYouMean(String(value), unfit.known ?? []);
  if (origin.kind !== 'profile') return unfitText(key, shown, placeOf(origin), unfit.problem, meant);
  const [setting, profile] = [settingName(key), shellWord(name, folder?.platform)];
  const place = `${setting} in profile "${name}"${folder === undefined ? '' : ` of ${profilesFile(folder)}`}`;
  return new Failure('usage', `The ${definitionOf(key).label}${shown} (${place}) ${unfit.problem}.`, {
    code: 'invalid_setting',
    hint: wording`${meant}Fix it with ${ping14c(`config set ${setting} VALUE -P ${profile}`)}, or remove it with ${ping14c(`config unset ${setting} -P ${profile}`)}.`,
  });
}

/** A secret as somebody has typed or piped it. @throws Failure `usage` where it has something around it that it may not have */
export function fittingSecret(key: SettingKey, text: string): string {
  const parsed = secretText(text);
  if ('value' in parsed) return parsed.value;
  throw unfitText(key, '', 'what was typed', parsed.problem);
}

function unfitText(key: SettingKey, shown: string, place: string, problem: string, meant = ''): Failure {
  return new Failure('usage', `The ${definitionOf(key).label}${shown} (from ${place}) ${problem}.`, {
    code: 'invalid_setting',
    hint: `${meant}Fix ${place}.`,
  });
}

/** Where a person finds the value, in words, e.g. `PING14C_REGION` or `profile "work"`. */
export function placeOf({ kind, name }: Origin): string {
  return kind === 'profile' ? `profile "${name}"` : name;
}

/**
 * The value of a setting that the command cannot do without.
 *
 * @throws Failure `usage` naming every way to give it.
 */
export function required<K extends SettingKey>({ values }: Settings, key: K): NonNullable<SettingValues[K]> {
  const value = values[key];
  if (value !== undefined) return value;
  const { label, flag, variables } = definitionOf(key);
  const ways = [flag?.split(' ')[0], variables[0]].filter(Boolean).join(' or ');
  throw new Failure('usage', `The ${label} is not set.`, {
    code: 'setting_missing',
    hint: wording`Set ${ways}, or save it in a profile with ${ping14c('init')}. To try without an account: ${ping14c('sandbox')}.`,
  });
}

/** @throws Failure `usage` when the environment ID is missing. */
export function endpointsOf(settings: Settings): {
  readonly issuer: string;
  readonly apiBase: string;
  readonly environmentApi: string;
} {
  const { region, customDomain, authUrl, apiUrl } = settings.values;
  const endpoints = { region, customDomain, authUrl, apiUrl, environmentId: required(settings, 'environmentId') };
  return { issuer: issuerOf(endpoints), apiBase: apiBaseOf(endpoints), environmentApi: environmentApiOf(endpoints) };
}

/** A setting as it is listed: made safe for a terminal, and without the value where that is a secret. */
interface ShownSetting {
  readonly name: string;
  /** Absent where the setting has no value, or none that can be used. */
  readonly shown: string | undefined;
  /** In words, e.g. `PING14C_REGION` or `profile "work"`. */
  readonly from: string;
  readonly origin: Origin | undefined;
}

/** Every setting in the order of the definitions, those without a value included. */
export function shownSettings(settings: Settings): readonly ShownSetting[] {
  return settingKeys.map((key) => shownSetting(settings, key));
}

export function shownSetting({ values, origins, unfit }: Settings, key: SettingKey): ShownSetting {
  const [value, origin] = [unfit.has(key) ? undefined : values[key], origins[key]];
  return {
    name: settingName(key),
    shown: value === undefined ? undefined : shownText(key, value),
    from: origin ? safeText(placeOf(origin)) : 'not set',
    origin,
  };
}

function shownText(key: SettingKey, value: SettingValue): string {
  return definitionOf(key).secret ? '(hidden)' : safeText(settingText(value));
}

/** The member of a JSON document that lists settings. */
export function settingDocument({ name, shown, origin }: ShownSetting) {
  return { name, value: shown ?? null, origin: origin ?? null };
}

/** Whose token a client is to get: that of a user who signs in, or the application's own. */
export type TokenOwner = 'user' | 'application';

/**
 * The client that the settings name. For the application's own token each of the worker's settings goes before the client's.
 *
 * @throws Failure `usage` when the environment ID or the client ID is missing.
 */
export function clientOf(settings: Settings, owner: TokenOwner): ClientSettings {
  const { values } = settings;
  const worker = owner === 'application' ? workerOf(values) : undefined;
  const clientSecret = worker?.clientSecret ?? values.clientSecret;
  return {
    issuer: endpointsOf(settings).issuer,
    clientId: worker?.clientId ?? required(settings, 'clientId'),
    authMethod: worker?.authMethod ?? values.authMethod ?? unnamedMethod(clientSecret, values.privateKey),
    clientSecret,
    privateKeyFile: values.privateKey,
  };
}

function workerOf({ workerClientId, workerClientSecret, workerAuthMethod }: SettingValues) {
  return {
    clientId: workerClientId,
    clientSecret: workerClientSecret,
    // A secret of the worker's own is there to be used, whatever the user's client does.
    authMethod: workerAuthMethod ?? (workerClientSecret ? 'client_secret_basic' : undefined),
  };
}

/** The method where the settings name none: whoever gives a secret or a key wants it used. */
function unnamedMethod(clientSecret: string | undefined, privateKeyFile: string | undefined): AuthMethod {
  if (clientSecret) return 'client_secret_basic';
  return privateKeyFile ? 'private_key_jwt' : 'none';
}
