import { access } from 'node:fs/promises';
import { join, win32 } from 'node:path';
import { homeOf } from '../files/folders.ts';
import { shellWord } from '../output/shell-words.ts';
import type { Runtime } from '../runtime.ts';
import { authorityLabel } from './authority.ts';
import { nssStores } from './nss-stores.ts';
import { type AuthorityFile, allTrusted, type ProgramCall, type TrustStore } from './trust-store.ts';

type StoreMachine = Pick<Runtime, 'env' | 'homeFolder' | 'platform'>;

const dialogMs = 120_000;

/** Every store that is the person's own. */
export async function userStores(machine: StoreMachine): Promise<readonly TrustStore[]> {
  switch (machine.platform) {
    case 'darwin':
      return [keychain('the login keychain', join(homeOf(machine), 'Library/Keychains/login.keychain-db'), [])];
    case 'win32':
      return [windowsStore('Trusted Root Certification Authorities of this user', machine.env, ['-user'])];
    default:
      return nssStores(machine);
  }
}

/** The stores of the whole machine, which an administrator changes. */
export async function systemStores(machine: StoreMachine): Promise<readonly TrustStore[]> {
  switch (machine.platform) {
    case 'darwin':
      return [keychain('the System keychain', '/Library/Keychains/System.keychain', ['-d'])];
    case 'win32':
      return [windowsStore('Trusted Root Certification Authorities of this computer', machine.env, [])];
    default:
      return anchorStores();
  }
}

/** macOS: trusted for TLS only (`-p ssl`); the system asks for the password in a dialog. */
function keychain(label: string, file: string, domain: readonly string[]): TrustStore {
  const security = '/usr/bin/security';
  return {
    label,
    list: [security, 'find-certificate', '-a', '-c', authorityLabel, file],
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
    byHand: domain.length > 0 ? asAdministrator : inDialog,
  };
}

/** Windows: its own certutil, not the one of NSS that may come first on the path. For a user it asks in a dialog. */
function windowsStore(label: string, env: StoreMachine['env'], scope: readonly string[]): TrustStore {
  const certutil = win32.join(env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'certutil.exe');
  return {
    label,
    list: [certutil, ...scope, '-store', 'Root'],
    listed: allTrusted,
    add: ({ file }) => [[certutil, ...scope, '-f', '-addstore', 'Root', file]],
    remove: ({ name }) => [[certutil, ...scope, '-delstore', 'Root', name]],
    timeoutMs: dialogMs,
    absent: 'The program "certutil" belongs to Windows.',
    byHand: scope.length > 0 ? inDialog : asAdministrator,
  };
}

const inDialog = { add: () => 'Allow it in the dialog.', remove: () => 'Allow it in the dialog.' };
const asAdministrator = {
  add: () => 'Run it again as an administrator.',
  remove: () => 'Run it again as an administrator.',
};

/** A folder of trust anchors, and the calls that make the system's bundle of it when one has come or gone. */
interface Anchors {
  readonly folder: string;
  readonly added: ProgramCall;
  readonly removed: ProgramCall;
}

const linuxAnchors: readonly Anchors[] = [
  // Debian and Alpine. Without `--fresh` Debian leaves the links in /etc/ssl/certs behind.
  {
    folder: '/usr/local/share/ca-certificates',
    added: ['/usr/sbin/update-ca-certificates'],
    removed: ['/usr/sbin/update-ca-certificates', '--fresh'],
  },
  // Fedora.
  {
    folder: '/etc/pki/ca-trust/source/anchors',
    added: ['/usr/bin/update-ca-trust'],
    removed: ['/usr/bin/update-ca-trust'],
  },
  // openSUSE.
  {
    folder: '/etc/pki/trust/anchors',
    added: ['/usr/sbin/update-ca-certificates'],
    removed: ['/usr/sbin/update-ca-certificates'],
  },
  // Arch.
  {
    folder: '/etc/ca-certificates/trust-source/anchors',
    added: ['/usr/bin/trust', 'extract-compat'],
    removed: ['/usr/bin/trust', 'extract-compat'],
  },
];

/** The system's store on Linux: the first of these that the machine has. */
export async function anchorStores(table = linuxAnchors): Promise<readonly TrustStore[]> {
  for (const anchors of table) {
    const there = await Promise.all([access(anchors.folder), access(anchors.added[0])]).then(
      () => true,
      () => false,
    );
    if (there) return [anchorStore(anchors)];
  }
  return [];
}

function anchorStore({ folder, added, removed }: Anchors): TrustStore {
  const fileOf = (name: string) => join(folder, `${name.replaceAll(' ', '-')}.crt`);
  const add = ({ name, file }: AuthorityFile) => [['install', '-m', '644', file, fileOf(name)], added] as const;
  const remove = ({ name }: AuthorityFile) => [['rm', '-f', fileOf(name)], removed] as const;
  return {
    label: `the system (${folder})`,
    list: ['ls', folder],
    listed: (stdout) => allTrusted(stdout.replaceAll('-', ' ')),
    add,
    remove,
    timeoutMs: 60_000,
    absent: 'Install the package ca-certificates.',
    byHand: {
      add: (authority) => `An administrator can: ${asRoot(add(authority))}`,
      remove: (authority) => `An administrator can: ${asRoot(remove(authority))}`,
    },
  };
}

/** To be typed into a shell of any sort on Linux. */
function asRoot(calls: readonly ProgramCall[]): string {
  return calls.map((call) => ['sudo', ...call.map((word) => shellWord(word))].join(' ')).join(' && ');
}
