import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Runtime } from '../runtime.ts';
import { authorityNames } from './authority.ts';
import type { TrustStore } from './trust-store.ts';

type Machine = Pick<Runtime, 'env' | 'homeFolder'>;

/**
 * The NSS databases on Linux: those that Chromium and its kin share, and one a Firefox profile. Where there is none of the
 * first sort, the one that Chromium of any age reads is to be made.
 */
export async function nssStores(machine: Machine): Promise<readonly TrustStore[]> {
  const shared = await existing(sharedFolders(machine));
  const profiles = await firefoxProfiles(machine);
  const own = join(machine.homeFolder, '.pki', 'nssdb');
  return [
    // Made beside another, it would hide that one's other certificates: Chromium reads ~/.pki/nssdb first, and one only.
    ...(shared.length > 0 ? shared.map((folder) => nssStore('Chromium, Chrome', folder)) : [newNssStore(own)]),
    ...profiles.map((folder) => nssStore('Firefox', folder)),
  ];
}

/** One database that is there. */
export function nssStore(browser: string, folder: string): TrustStore {
  const database = ['-d', `sql:${folder}`];
  return {
    label: `${browser} (${folder})`,
    list: ['certutil', '-L', ...database],
    listed: (stdout) =>
      stdout.split('\n').flatMap((line) =>
        // Nickname, then the trust for TLS, e-mail and code: "C" is an authority for servers.
        (line.match(authorityNames) ?? []).map((name) => ({ name, trusted: /\sC\w*,\w*,\w*\s*$/.test(line) })),
      ),
    add: ({ name, file }) => [['certutil', '-A', '-n', name, '-t', 'C,,', ...database, '-i', file]],
    remove: ({ name }) => [['certutil', '-D', '-n', name, ...database]],
    timeoutMs: 15_000,
    absent:
      'Install certutil: the package libnss3-tools (Debian, Ubuntu), nss-tools (Fedora), mozilla-nss-tools (openSUSE) or nss (Arch).',
    // With a primary password certutil stores the certificate and then may not trust it.
    refused: ({ file }) => `Import ${file} in the browser's certificate settings, as an authority for websites.`,
  };
}

/** `certutil -N` on a database that is there asks for its password for ever (deps.md, Certificates), so only for a new one. */
function newNssStore(folder: string): TrustStore {
  const { list: _, ...store } = nssStore('Chromium, Chrome', folder);
  return {
    ...store,
    add: (authority) => [
      ['mkdir', '-p', '-m', '700', folder],
      ['certutil', '-N', '-d', `sql:${folder}`, '--empty-password'],
      ...store.add(authority),
    ],
  };
}

function sharedFolders({ env, homeFolder }: Machine): readonly string[] {
  return [
    join(homeFolder, '.pki', 'nssdb'),
    join(env['XDG_DATA_HOME'] || join(homeFolder, '.local', 'share'), 'pki', 'nssdb'),
    join(homeFolder, 'snap', 'chromium', 'current', '.pki', 'nssdb'),
  ];
}

async function firefoxProfiles({ env, homeFolder }: Machine): Promise<readonly string[]> {
  const roots = [
    join(homeFolder, '.mozilla', 'firefox'),
    join(env['XDG_CONFIG_HOME'] || join(homeFolder, '.config'), 'mozilla', 'firefox'),
    join(homeFolder, 'snap', 'firefox', 'common', '.mozilla', 'firefox'),
    join(homeFolder, '.var', 'app', 'org.mozilla.firefox', '.mozilla', 'firefox'),
  ];
  const folders = await Promise.all(
    roots.map(async (root) => (await readdir(root).catch(() => [])).sort().map((name) => join(root, name))),
  );
  return existing(folders.flat());
}

/** Those that hold a database in today's form. */
async function existing(folders: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const there = await access(join(folder, 'cert9.db')).then(
        () => true,
        () => false,
      );
      return there ? [folder] : [];
    }),
  );
  return found.flat();
}
