import { isAbsolute } from 'node:path';

type Name = 'XDG_CONFIG_HOME' | 'XDG_DATA_HOME' | 'XDG_RUNTIME_DIR' | 'XDG_STATE_HOME';

/**
 * The folder that the variable names. One that is relative counts for nothing (XDG Base Directory Specification): it would
 * be looked for in the current folder, which may be anybody's.
 */
export function xdgFolder(env: Readonly<Record<string, string | undefined>>, name: Name): string | undefined {
  const folder = env[name];
  return folder && isAbsolute(folder) ? folder : undefined;
}
