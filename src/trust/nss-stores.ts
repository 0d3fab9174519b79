import { access, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { homeOf, xdgFolder } from '../files/folders.ts';
import type { Runtime } from '../runtime.ts';
import { authorityNames } from './authority.ts';
import type { TrustStore } from './trust-store.ts';

/** The file that every database in today's form has. */
const databaseName = 'cert9.db';

type HomeMachine = Pick<Runtime, 'env' | 'homeFolder'>;

/**
 * The NSS databases on Linux: those that Chromium and its kin share, and one a Firefox profile. Where there is none of the
 * first sort, the one that Chromium of any age reads is to be made.
 */
export async function nssStores(machine: HomeMachine): Promise<readonly TrustStore[]> {
  const [own = '', ...others] = sharedFolders(machine);
  const shared = await existing([own, ...others]);
  // Chromium reads only the first folder that is there, so a new one beside another would hide that one's certificates.
  const used = shared.length > 0 ? shared : [own];
  const profiles = await existing((await firefoxFolders(machine)).map((folder) => join(folder, databaseName)));
  return [
    ...(await Promise.all(used.map(sharedStore))),
    ...profiles.map((database) => nssStore('Firefox', dirname(database))),
  ];
}

async function sharedStore(folder: string): Promise<TrustStore> {
  const [database] = await existing([join(folder, databaseName)]);
  const store = nssStore('Chromium, Chrome', folder);
  return database ? store : madeFirst(store, folder);
}

/** One database that is there. */
function nssStore(browser: string, folder: string): TrustStore {
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
    byHand: {
      add: () => 'If it has a primary password, remove that for a moment, then run this again.',
      remove: ({ name }) => `Delete "${name}" in the browser's certificate settings, among the authorities.`,
    },
  };
}

/** Makes the database first. Only where there is none: `certutil -N` asks one that is there for its password, for ever. */
function madeFirst({ list: _, ...store }: TrustStore, folder: string): TrustStore {
  return {
    ...store,
    add: (authority) => [
      ['mkdir', '-p', '-m', '700', folder],
      ['certutil', '-N', '-d', `sql:${folder}`, '--empty-password'],
      ...store.add(authority),
    ],
    // Without certutil nothing comes into the folder, so it is removed again.
    remove: (authority) => [...store.remove(authority), ['rmdir', folder, dirname(folder)]],
  };
}

/** The folders in the order in which Chromium looks, snaps last. */
function sharedFolders(machine: HomeMachine): readonly string[] {
  const { env } = machine;
  const homeFolder = homeOf(machine);
  return [
    join(homeFolder, '.pki', 'nssdb'),
    join(xdgFolder(env, 'XDG_DATA_HOME') ?? join(homeFolder, '.local', 'share'), 'pki', 'nssdb'),
    join(homeFolder, 'snap', 'chromium', 'current', '.pki', 'nssdb'),
  ];
}

async function firefoxFolders(machine: HomeMachine): Promise<readonly string[]> {
  const { env } = machine;
  const homeFolder = homeOf(machine);
  const roots = [
    join(homeFolder, '.mozilla', 'firefox'),
    join(xdgFolder(env, 'XDG_CONFIG_HOME') ?? join(homeFolder, '.config'), 'mozilla', 'firefox'),
    join(homeFolder, 'snap', 'firefox', 'common', '.mozilla', 'firefox'),
    join(homeFolder, '.var', 'app', 'org.mozilla.firefox', '.mozilla', 'firefox'),
  ];
  const folders = await Promise.all(
    roots.map(async (root) => (await readdir(root).catch(() => [])).sort().map((name) => join(root, name))),
  );
  return folders.flat();
}

async function existing(paths: readonly string[]): Promise<readonly string[]> {
  const there = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => [path],
        () => [],
      ),
    ),
  );
  return there.flat();
}
