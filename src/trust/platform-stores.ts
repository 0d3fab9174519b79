import { access } from 'node:fs/promises';
import { join, win32 } from 'node:path';
import type { Runtime } from '../runtime.ts';
import { authorityNames } from './authority.ts';
import { nssStores } from './nss-stores.ts';
import type { Listed, ProgramCall, TrustStore } from './trust-store.ts';

type Machine = Pick<Runtime, 'env' | 'homeFolder' | 'platform'>;

const dialogMs = 120_000;

/** Every store that is the person's own. */
export async function userStores(machine: Machine): Promise<readonly TrustStore[]> {
  switch (machine.platform) {
    case 'darwin':
      return [keychain('the login keychain', join(machine.homeFolder, 'Library/Keychains/login.keychain-db'), [])];
    case 'win32':
      return [windowsStore('Trusted Root Certification Authorities of this user', machine.env, ['-user'])];
    default:
      return nssStores(machine);
  }
}

/** The stores of the whole machine, which an administrator changes. */
export async function systemStores(machine: Machine): Promise<readonly TrustStore[]> {
  switch (machine.platform) {
    case 'darwin':
      return [keychain('the System keychain', '/Library/Keychains/System.keychain', ['-d'])];
    case 'win32':
      return [windowsStore('Trusted Root Certification Authorities of this computer', machine.env, [])];
    default:
      return linuxSystemStore(linuxAnchors);
  }
}

/** A folder of trust anchors, and the program that makes the system's bundle of it. */
export type Anchors = readonly [folder: string, ...refresh: ProgramCall];

/** Debian and Alpine, Fedora, openSUSE, Arch. */
const linuxAnchors: readonly Anchors[] = [
  ['/usr/local/share/ca-certificates', '/usr/sbin/update-ca-certificates'],
  ['/etc/pki/ca-trust/source/anchors', '/usr/bin/update-ca-trust'],
  ['/etc/pki/trust/anchors', '/usr/sbin/update-ca-certificates'],
  ['/etc/ca-certificates/trust-source/anchors', '/usr/bin/trust', 'extract-compat'],
];

/** The first of these that the machine has. */
export async function linuxSystemStore(table: readonly Anchors[]): Promise<readonly TrustStore[]> {
  for (const [folder, ...refresh] of table) {
    const there = await Promise.all([access(folder), access(refresh[0])]).then(
      () => true,
      () => false,
    );
    if (there) return [anchorStore(folder, refresh)];
  }
  return [];
}

function anchorStore(folder: string, refresh: ProgramCall): TrustStore {
  const fileOf = (name: string) => join(folder, `${name.replaceAll(' ', '-')}.crt`);
  const add: TrustStore['add'] = ({ name, file }) => [['install', '-m', '644', file, fileOf(name)], refresh];
  return {
    label: `the system (${folder})`,
    list: ['ls', folder],
    listed: (stdout) => allTrusted(stdout.replaceAll('-', ' ')),
    add,
    remove: ({ name }) => [['rm', '-f', fileOf(name)], refresh],
    timeoutMs: 60_000,
    absent: 'Install the package ca-certificates.',
    refused: (authority) => `An administrator can: ${asRoot(add(authority))}`,
  };
}

/** macOS: trusted for TLS only (`-p ssl`); the system asks for the password in a dialog. */
function keychain(label: string, file: string, domain: readonly string[]): TrustStore {
  const security = '/usr/bin/security';
  return {
    label,
    list: [security, 'find-certificate', '-a', '-c', 'ping14c local authority', file],
    // errSecItemNotFound, as exit codes have it.
    noneCode: 44,
    listed: allTrusted,
    add: (authority) => [
      [security, 'add-trusted-cert', ...domain, '-r', 'trustRoot', '-p', 'ssl', '-k', file, authority.file],
    ],
    // `-t` takes the user's trust settings away as well, and the administrator's have a command of their own.
    remove: (authority) => [
      ...(domain.length > 0 ? [[security, 'remove-trusted-cert', ...domain, authority.file] as const] : []),
      [security, 'delete-certificate', '-c', authority.name, '-t', file],
    ],
    timeoutMs: dialogMs,
    absent: 'The program "security" belongs to macOS.',
    refused: (authority) =>
      domain.length > 0
        ? 'Run it again as an administrator.'
        : `Allow it in the dialog, or open ${authority.file} in Keychain Access.`,
  };
}

/** Windows: its own certutil, not the one of NSS that may come first on the path. For a user it asks in a dialog. */
function windowsStore(label: string, env: Machine['env'], scope: readonly string[]): TrustStore {
  const certutil = win32.join(env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'certutil.exe');
  return {
    label,
    list: [certutil, ...scope, '-store', 'Root'],
    listed: allTrusted,
    add: ({ file }) => [[certutil, ...scope, '-f', '-addstore', 'Root', file]],
    remove: ({ name }) => [[certutil, ...scope, '-delstore', 'Root', name]],
    timeoutMs: dialogMs,
    absent: 'The program "certutil" belongs to Windows.',
    refused: () => (scope.length > 0 ? 'Allow it in the dialog.' : 'Run it again as an administrator.'),
  };
}

function allTrusted(stdout: string): readonly Listed[] {
  return [...new Set(stdout.match(authorityNames))].map((name) => ({ name, trusted: true }));
}

/** To be typed into a shell of any sort on Linux. */
function asRoot(calls: readonly ProgramCall[]): string {
  const quoted = (word: string) => (/^[\w/.:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
  return calls.map((call) => ['sudo', ...call.map(quoted)].join(' ')).join(' && ');
}
