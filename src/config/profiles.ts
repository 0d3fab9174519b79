import { access, constants } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure, messageOf } from '../errors.ts';
import { makeFolder, type OwnFolder, readOwnFile } from '../files/own-folder.ts';
import { isJsonObject } from '../json.ts';
import { shellWord } from '../output/shell-words.ts';
import { ping14c, wording } from '../wording.ts';
import { definitionOf, isSettingKey, type SettingKey, type SettingValue, settingText } from './setting-definitions.ts';

/** A named set of settings; secrets are never among them. */
export type Profile = Readonly<Partial<Record<SettingKey, string>>>;

export interface Profiles {
  /** The profile used when none is named. */
  readonly active: string;
  readonly profiles: Readonly<Record<string, Profile>>;
}

/** The settings of a profile, and its name; it need not be saved yet. */
export interface NamedProfile {
  readonly name: string;
  /** Whether somebody asked for this one; the active one is taken where nobody did. */
  readonly isNamed: boolean;
  readonly values: Profile;
  /** The file that some of the values have just been read from: an error about one of them names it. */
  readonly imported?: { readonly file: string; readonly values: Profile } | undefined;
}

/** What conf makes of `configName`. */
const configName = 'config';
const fileName = `${configName}.json`;

export function profilesFile(folder: OwnFolder): string {
  return join(folder.path, fileName);
}

/**
 * Reads the profiles as plain JSON: loading `conf` takes as long as starting Node itself, and `token` has to be quick.
 *
 * @throws Failure `usage` when the file is there but is not what `saveProfiles` writes, or others can have written it: they
 *   would choose the server that tokens and passwords go to.
 */
export async function readProfiles(folder: OwnFolder): Promise<Profiles> {
  const file = profilesFile(folder);
  const text = await readOwnFile(folder, fileName).catch((error: unknown) => {
    throw error instanceof Failure ? error : unreadable(file, messageOf(error), error);
  });
  if (text === undefined) return { active: 'default', profiles: {} };
  try {
    return narrowProfiles(JSON.parse(text));
  } catch (error) {
    throw unreadable(file, messageOf(error), error);
  }
}

/** The saved profile of that name. No name finds what every object inherits. */
export function profileNamed({ profiles }: Pick<Profiles, 'profiles'>, name: string): Profile | undefined {
  return Object.hasOwn(profiles, name) ? profiles[name] : undefined;
}

/** The profile that is named, else the active one; `default` need not be saved. @throws Failure `usage` when there is none */
export function chosenProfile(saved: Profiles, namedProfile: string | undefined): NamedProfile {
  const name = namedProfile ?? saved.active;
  const values = profileNamed(saved, name);
  if (!values && name !== 'default') throw profileMissing(saved, name);
  return { name, isNamed: namedProfile !== undefined, values: values ?? {} };
}

export function profileMissing({ profiles }: Profiles, name: string): Failure {
  return new Failure('usage', `There is no profile "${name}".`, {
    code: 'profile_missing',
    hint: wording`Known profiles: ${Object.keys(profiles).join(', ') || 'none'}. Make one with ${ping14c(`init -P ${shellWord(name)}`)}.`,
  });
}

/** The text with which a value is saved: a file's whole path, because a profile is used from every folder. */
export function savedText(key: SettingKey, value: SettingValue): string {
  const text = settingText(value);
  return definitionOf(key).file ? resolve(text) : text;
}

/**
 * Writes all profiles at once, readable by the user only. The file is never half written, because conf renames a finished one
 * into place. The folder is made first: conf would give it the rights that the umask leaves.
 *
 * @throws Failure when the folder is refused or cannot be written; the old file is untouched then.
 */
export async function saveProfiles(folder: OwnFolder, { active, profiles }: Profiles): Promise<void> {
  const { default: Conf } = await import('conf');
  try {
    await makeFolder(folder);
    // Asked first, because conf keeps trying for a second where it cannot write.
    await access(folder.path, constants.W_OK);
    const store = new Conf({
      cwd: folder.path,
      configName,
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
    });
    store.store = { active, profiles };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('failed', `${profilesFile(folder)} cannot be written: ${messageOf(error)}.`, {
      code: 'configuration_unwritable',
      hint: 'Check the disk and who owns the folder, or name a folder of your own with PING14C_CONFIG_DIR.',
      cause: error,
    });
  }
}

function narrowProfiles(json: unknown): Profiles {
  if (!isJsonObject(json)) throw new Error('it holds no object');
  const { active = 'default', profiles = {} } = json;
  if (typeof active !== 'string' || !isJsonObject(profiles)) throw new Error('"active" or "profiles" has another type');
  const narrowed = Object.entries(profiles).map(([name, profile]) => [name, narrowProfile(name, profile)] as const);
  return { active, profiles: Object.fromEntries(narrowed) };
}

function narrowProfile(name: string, json: unknown): Profile {
  if (!isJsonObject(json)) throw new Error(`profile "${name}" holds no object`);
  for (const [key, value] of Object.entries(json)) {
    if (!isSettingKey(key)) throw new Error(`profile "${name}" has an unknown setting "${key}"`);
    if (typeof value !== 'string') throw new Error(`setting "${key}" of profile "${name}" is not a text`);
  }
  return json as Profile;
}

function unreadable(file: string, why: string, cause: unknown): Failure {
  return new Failure('usage', `The configuration file ${file} cannot be used: ${why}.`, {
    code: 'configuration_unreadable',
    hint: wording`Mend it, or move it away and run ${ping14c('init')}.`,
    cause,
  });
}
