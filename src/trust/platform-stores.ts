import { join, win32 } from 'node:path';
import type { Runtime } from '../runtime.ts';
import { anchorStores } from './anchor-stores.ts';
import { nssStores } from './nss-stores.ts';
import { allTrusted, type TrustStore } from './trust-store.ts';

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
      return anchorStores();
  }
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
    byHand: domain.length > 0 ? asAdministrator : inDialog,
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
    byHand: scope.length > 0 ? inDialog : asAdministrator,
  };
}

const inDialog = { add: () => 'Allow it in the dialog.', remove: () => 'Allow it in the dialog.' };
const asAdministrator = {
  add: () => 'Run it again as an administrator.',
  remove: () => 'Run it again as an administrator.',
};
