import { isAbsolute, join, win32 } from 'node:path';
import { Failure } from '../errors.ts';
import type { Output } from '../output/output.ts';
import type { Runtime } from '../runtime.ts';
import type { FolderPurpose, OwnFolder } from './own-folder.ts';

type FolderMachine = Pick<Runtime, 'env' | 'platform' | 'homeFolder'>;

/** Where a command runs, and how it tells the person that a folder was open to others. */
interface Site {
  readonly runtime: FolderMachine & Pick<Runtime, 'userId' | 'sleep'>;
  readonly output: Pick<Output, 'warn'>;
}

/** Profiles are read from what an administrator has mounted, too. */
const forProfiles: FolderPurpose = {
  rootsToo: true,
  variable: 'PING14C_CONFIG_DIR',
  kind: 'usage',
  code: 'configuration_not_private',
  unusable: 'configuration_folder',
};
const forState: FolderPurpose = {
  rootsToo: false,
  variable: 'PING14C_STATE_DIR',
  kind: 'failed',
  code: 'state_not_private',
  unusable: 'state_folder',
};

/** Where profiles live. */
export function configFolder(site: Site): OwnFolder {
  return folderOf(site, configPath(site.runtime), forProfiles);
}

/** Where locks, the file store and the sandbox's certificate live. */
export function stateFolder(site: Site): OwnFolder {
  return folderOf(site, statePath(site.runtime), forState);
}

/**
 * The state folder in which `trust` keeps what it has made. The commands in a sandbox have a state folder of their own, and are
 * led by the variable to the person's: browsers know what was made there.
 */
export function trustStateFolder(site: Site): OwnFolder {
  const named = site.runtime.env['PING14C_TRUST_DIR']?.trim();
  return named ? folderOf(site, named, { ...forState, variable: 'PING14C_TRUST_DIR' }) : stateFolder(site);
}

function folderOf({ runtime, output }: Site, path: string, purpose: FolderPurpose): OwnFolder {
  const { userId, platform, sleep } = runtime;
  return { path, purpose, userId, platform, sleep, warn: (text) => output.warn(text) };
}

/** The folder that `PING14C_CONFIG_DIR` names, else the platform's own place. */
function configPath(machine: FolderMachine): string {
  const { env, platform } = machine;
  const named = env['PING14C_CONFIG_DIR']?.trim();
  if (named) return named;
  if (platform === 'darwin') return join(homeOf(machine), 'Library', 'Application Support', 'ping14c');
  if (platform === 'win32')
    return join(windowsFolder(env, 'APPDATA') ?? join(homeOf(machine), 'AppData', 'Roaming'), 'ping14c');
  return join(xdgFolder(env, 'XDG_CONFIG_HOME') ?? join(homeOf(machine), '.config'), 'ping14c');
}

/** The folder that `PING14C_STATE_DIR` names, else the platform's own place. */
function statePath(machine: FolderMachine): string {
  const { env, platform } = machine;
  const named = env['PING14C_STATE_DIR']?.trim();
  if (named) return named;
  if (platform === 'darwin') return join(homeOf(machine), 'Library', 'Application Support', 'ping14c', 'state');
  if (platform === 'win32')
    return join(windowsFolder(env, 'LOCALAPPDATA') ?? join(homeOf(machine), 'AppData', 'Local'), 'ping14c');
  return join(xdgFolder(env, 'XDG_STATE_HOME') ?? join(homeOf(machine), '.local', 'state'), 'ping14c');
}

/** The person's home folder. @throws Failure `failed` where there is none */
export function homeOf({ homeFolder }: Pick<Runtime, 'homeFolder'>): string {
  if (homeFolder !== undefined) return homeFolder;
  throw new Failure(
    'failed',
    'This user has no home folder: HOME is not set to one, and this machine does not know the user ID.',
    {
      code: 'no_home_folder',
      hint: 'Set HOME to an absolute path, or set PING14C_CONFIG_DIR and PING14C_STATE_DIR to folders of your own.',
    },
  );
}

/** The same on Windows: a variable that is empty or relative would make the current folder the place. */
function windowsFolder(env: FolderMachine['env'], name: 'APPDATA' | 'LOCALAPPDATA'): string | undefined {
  const folder = env[name];
  return folder && win32.isAbsolute(folder) ? folder : undefined;
}

type Name = 'XDG_CONFIG_HOME' | 'XDG_DATA_HOME' | 'XDG_RUNTIME_DIR' | 'XDG_STATE_HOME';

/**
 * The folder that the variable names. One that is relative counts for nothing (XDG Base Directory Specification): it would
 * be looked for in the current folder, which may be anybody's.
 */
export function xdgFolder(env: Readonly<Record<string, string | undefined>>, name: Name): string | undefined {
  const folder = env[name];
  return folder && isAbsolute(folder) ? folder : undefined;
}
