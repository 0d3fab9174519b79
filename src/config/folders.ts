import { join } from 'node:path';
import type { Runtime } from '../runtime.ts';
import { xdgFolder } from '../xdg-folder.ts';

type Machine = Pick<Runtime, 'env' | 'platform' | 'homeFolder'>;

/** Where profiles live: `PING14C_CONFIG_DIR`, else the platform's own place. */
export function configFolder({ env, platform, homeFolder }: Machine): string {
  if (env['PING14C_CONFIG_DIR']) return env['PING14C_CONFIG_DIR'];
  if (platform === 'darwin') return join(homeFolder, 'Library', 'Application Support', 'ping14c');
  if (platform === 'win32') return join(env['APPDATA'] ?? join(homeFolder, 'AppData', 'Roaming'), 'ping14c');
  return join(xdgFolder(env, 'XDG_CONFIG_HOME') ?? join(homeFolder, '.config'), 'ping14c');
}

/** Where locks, the file store and the sandbox's certificate live: `PING14C_STATE_DIR`, else the platform's own place. */
export function stateFolder({ env, platform, homeFolder }: Machine): string {
  if (env['PING14C_STATE_DIR']) return env['PING14C_STATE_DIR'];
  if (platform === 'darwin') return join(homeFolder, 'Library', 'Application Support', 'ping14c', 'state');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homeFolder, 'AppData', 'Local'), 'ping14c');
  return join(xdgFolder(env, 'XDG_STATE_HOME') ?? join(homeFolder, '.local', 'state'), 'ping14c');
}
