import { configFolder, stateFolder } from '../../src/files/folders.ts';
import type { OwnFolder } from '../../src/files/own-folder.ts';

/** The configuration folder at this path, for tests below the command line; what is warned of goes into the list. */
export function configFolderAt(path: string, warnings: string[] = []): OwnFolder {
  return configFolder(siteWith({ PING14C_CONFIG_DIR: path }, warnings));
}

/** The same for the state folder. */
export function stateFolderAt(path: string, warnings: string[] = []): OwnFolder {
  return stateFolder(siteWith({ PING14C_STATE_DIR: path }, warnings));
}

function siteWith(env: Readonly<Record<string, string>>, warnings: string[]) {
  const { platform } = process;
  return {
    runtime: { env, platform, homeFolder: '', userId: process.geteuid?.(), sleep: async () => {} },
    output: { warn: (text: string) => void warnings.push(text) },
  };
}
