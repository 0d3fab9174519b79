import { access, constants } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure, messageOf } from '../errors.ts';
import { type HeldLock, withFolderLock } from '../files/lock.ts';
import { makeFolder, type OwnFolder, readOwnFile } from '../files/own-folder.ts';
import { fileFailure } from '../files/private-file.ts';
import { isJsonObject } from '../json.ts';
import { didYouMean } from '../output/did-you-mean.ts';
import { shellWord } from '../output/shell-words.ts';
import type { Runtime } from '../runtime.ts';
import { ping14c, wording } from '../wording.ts';
import { definitionOf, isSettingKey, type SettingKey, type SettingValue, settingText } from './setting-definitions.ts';

/** A named set of settings; secrets are never among them. */
export type Profile = Readonly<Partial<Record<SettingKey, string>>>;

/**
 * A profile as its file has it. A setting of another type hurts nobody who does not need it, so it is told where it is read.
 * Members that this version does not know are in it too, so that they are kept when it is saved: a newer version may have
 * written them.
 */
export type SavedProfile = Readonly<Partial<Record<SettingKey, unknown>>>;

export interface Profiles {
  /** The profile used when none is named. */
  readonly active: string;
  readonly profiles: Readonly<Record<string, SavedProfile>>;
}

/** The settings of a profile, and its name; it need not be saved yet. */
export interface NamedProfile {
  readonly name: string;
  /** Whether somebody asked for this one; the active one is taken where nobody did. */
  readonly isNamed: boolean;
  readonly values: SavedProfile;
  /** The folder that holds the file with it; absent where none does. */
  readonly folder?: OwnFolder | undefined;
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
 * @throws Failure `usage` when the file is there but is not what `changeProfiles` writes, or others can have written it: they
 *   would choose the server that tokens and passwords go to; `failed` when the machine does not let it be read.
 */
export async function readProfiles(folder: OwnFolder): Promise<Profiles> {
  const file = profilesFile(folder);
  const text = await readOwnFile(folder, fileName).catch((error: unknown) => {
    throw fileFailure(folder, `${file} cannot be read`, error);
  });
  if (text === undefined) return { active: 'default', profiles: {} };
  try {
    return narrowProfiles(parsedFile(text));
  } catch (error) {
    throw unreadable(file, messageOf(error), error);
  }
}

/** Editors on Windows put a byte-order mark in front, which RFC 8259, section 8.1, lets a reader skip. */
function parsedFile(text: string): unknown {
  return JSON.parse(text.replace(/^\uFEFF/, ''));
}

/** The names of what this version does not know in a profile: it has no effect, and is kept. */
export function unknownSettings(values: SavedProfile): readonly string[] {
  return Object.keys(values).filter((key) => !isSettingKey(key));
}

/** The saved profile of that name. No name finds what every object inherits. */
export function profileNamed({ profiles }: Pick<Profiles, 'profiles'>, name: string): SavedProfile | undefined {
  return Object.hasOwn(profiles, name) ? profiles[name] : undefined;
}

/** The profile that is named, else the active one; `default` need not be saved. @throws Failure `usage` when there is none */
export function chosenProfile(saved: Profiles, namedProfile: string | undefined, folder: OwnFolder): NamedProfile {
  const name = namedProfile ?? saved.active;
  const values = profileNamed(saved, name);
  if (!values && name !== 'default') throw profileMissing(saved, name, folder);
  return { name, isNamed: namedProfile !== undefined, values: values ?? {}, folder };
}

export function profileMissing({ profiles }: Profiles, name: string, { platform }: OwnFolder): Failure {
  const names = Object.keys(profiles);
  return new Failure('usage', `There is no profile "${name}".`, {
    code: 'profile_missing',
    hint: wording`${didYouMean(name, names)}Known profiles: ${names.join(', ') || 'none'}. Create one with ${ping14c(`init -P ${shellWord(name, platform)}`)}.`,
  });
}

/** The text with which a value is saved: a file's whole path, because a profile is used from every folder. */
export function savedText(key: SettingKey, value: SettingValue): string {
  const text = settingText(value);
  return definitionOf(key).file ? resolve(text) : text;
}

/**
 * Changes the profiles, read again under a lock, so that of two changes at the same time neither is lost
 * (docs/security.md, rule 42).
 *
 * @param change makes the profiles that are to be saved out of those that are there then; the same ones mean that nothing is
 * @returns what is saved now
 * @throws Failure as `readProfiles` does, when the folder cannot be written, or when another process holds the lock too long
 */
export async function changeProfiles(
  folder: OwnFolder,
  runtime: Runtime,
  change: (saved: Profiles) => Profiles,
): Promise<Profiles> {
  /** Returns nothing where this process stood still so long that another has taken the lock. */
  const work = async (lock: HeldLock): Promise<Profiles | undefined> => {
    const saved = await readProfiles(folder);
    const changed = change(saved);
    if (changed === saved) return saved;
    if (!(await lock.isHeld())) return undefined;
    await writeProfiles(folder, changed);
    return changed;
  };
  await requireWritable(folder);
  for (;;) {
    const changed = await withFolderLock('profiles', { runtime, folder, tooLong: heldTooLong }, work, runtime.signal);
    if (changed) return changed;
  }
}

function heldTooLong(holder: number | undefined): Failure {
  return new Failure('failed', 'Another ping14c is still changing the profiles; nothing was saved.', {
    code: 'configuration_locked',
    hint: `Find the ping14c that hangs${holder === undefined ? '' : ` (process ${holder})`}, stop it and try again.`,
  });
}

/**
 * Makes the folder, with the rights that nobody else has: conf would give it those that the umask leaves. Whether it can be
 * written is asked before the lock is, whose own trouble would tell less, and because conf keeps trying for a second.
 *
 * @throws Failure when the folder is refused or cannot be written
 */
export async function requireWritable(folder: OwnFolder): Promise<void> {
  try {
    await makeFolder(folder);
    await access(folder.path, constants.W_OK);
  } catch (error) {
    throw error instanceof Failure ? error : unwritable(folder, error);
  }
}

/**
 * Writes all profiles at once, readable by the user only. The file is never half written, because conf renames a finished one
 * into place.
 *
 * @throws Failure when it cannot be written; the old file is untouched then.
 */
async function writeProfiles(folder: OwnFolder, { active, profiles }: Profiles): Promise<void> {
  const { default: Conf } = await import('conf');
  try {
    const store = new Conf({
      cwd: folder.path,
      configName,
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      deserialize: (text) => parsedFile(text) as Record<string, unknown>,
    });
    // What else the file holds is kept.
    store.store = { ...store.store, active, profiles };
  } catch (error) {
    throw unwritable(folder, error);
  }
}

function unwritable(folder: OwnFolder, cause: unknown): Failure {
  return new Failure('failed', `${profilesFile(folder)} cannot be written: ${messageOf(cause)}.`, {
    code: 'configuration_unwritable',
    hint: 'Check the disk and the owner of the folder, or set PING14C_CONFIG_DIR to a folder of your own.',
    cause,
  });
}

function narrowProfiles(json: unknown): Profiles {
  if (!isJsonObject(json)) throw new Error('it is not a JSON object ({ … })');
  const { active = 'default', profiles = {} } = json;
  if (typeof active !== 'string') throw new Error('"active" is not the name of a profile in quotes');
  if (!isJsonObject(profiles)) throw new Error('"profiles" is not a JSON object ({ … })');
  const narrowed = Object.entries(profiles).map(([name, profile]) => [name, narrowProfile(name, profile)] as const);
  return { active, profiles: Object.fromEntries(narrowed) };
}

function narrowProfile(name: string, json: unknown): SavedProfile {
  if (!isJsonObject(json)) throw new Error(`profile "${name}" is not a JSON object ({ … })`);
  return json;
}

function unreadable(file: string, why: string, cause: unknown): Failure {
  return new Failure('usage', `The configuration file ${file} cannot be used: ${why}.`, {
    code: 'configuration_unreadable',
    hint: wording`Fix it, or move it away and run ${ping14c('init')}.`,
    cause,
  });
}
