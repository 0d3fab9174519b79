import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { type AuthorityFile, allTrusted, type ProgramCall, type TrustStore } from './trust-store.ts';

/** A folder of trust anchors, and the calls that make the system's bundle of it when one has come or gone. */
export interface Anchors {
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
  const quoted = (word: string) => (/^[\w/.:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
  return calls.map((call) => ['sudo', ...call.map(quoted)].join(' ')).join(' && ');
}
