import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProgramOutcome } from '../../src/runtime.ts';
import { anchorStores, systemStores, userStores } from '../../src/trust/platform-stores.ts';
import { addAuthority, listAuthorities, removeAuthorities } from '../../src/trust/trust.ts';
import { makeTrustedCertificate, writeAuthorityFile } from '../../src/trust/trusted-certificate.ts';
import { realPrograms, testHome } from '../support/certutil.ts';
import { stateFolderAt } from '../support/own-folders.ts';
import { fc, outsideText } from '../support/properties.ts';

const authority = { name: 'ping14c local authority 0123abcd', file: '/state/authority.pem' };
const { signal } = new AbortController();

const mac = { platform: 'darwin', homeFolder: '/Users/ada', env: {} } as const;
const windows = { platform: 'win32', homeFolder: 'C:\\Users\\ada', env: { SystemRoot: 'D:\\Windows' } } as const;
const login = '/Users/ada/Library/Keychains/login.keychain-db';
const system = '/Library/Keychains/System.keychain';
const certutil = 'D:\\Windows\\System32\\certutil.exe';

describe('the commands that change a store', () => {
  it.each([
    [
      'macOS, the user',
      userStores(mac),
      [['/usr/bin/security', 'add-trusted-cert', '-r', 'trustRoot', '-p', 'ssl', '-k', login, authority.file]],
      [['/usr/bin/security', 'delete-certificate', '-c', authority.name, '-t', login]],
    ],
    [
      'macOS, the system',
      systemStores(mac),
      [['/usr/bin/security', 'add-trusted-cert', '-d', '-r', 'trustRoot', '-p', 'ssl', '-k', system, authority.file]],
      [
        ['/usr/bin/security', 'remove-trusted-cert', '-d', authority.file],
        ['/usr/bin/security', 'delete-certificate', '-c', authority.name, '-t', system],
      ],
    ],
    [
      'Windows, the user',
      userStores(windows),
      [[certutil, '-user', '-f', '-addstore', 'Root', authority.file]],
      [[certutil, '-user', '-delstore', 'Root', authority.name]],
    ],
    [
      'Windows, the computer',
      systemStores(windows),
      [[certutil, '-f', '-addstore', 'Root', authority.file]],
      [[certutil, '-delstore', 'Root', authority.name]],
    ],
  ])('%s', async (_name, stores, added, removed) => {
    const [store, ...others] = await stores;
    expect(others).toEqual([]);
    expect([store?.add(authority), store?.remove(authority)]).toEqual([added, removed]);
  });

  it('a listing yields our authorities, each once, whatever stands around them', async () => {
    const stores = await Promise.all([userStores(mac), userStores(windows)]);
    const around = outsideText.filter((text) => !/ping14c|^[0-9a-f]/.test(text));
    fc.assert(
      fc.property(around, around, fc.constantFrom(...stores.flat()), (before, after, store) => {
        const line = `${before}"labl"<blob>="${authority.name}"\nCN=${authority.name}\r\n${after}`;
        expect(store.listed(line)).toEqual([{ name: authority.name, trusted: true }]);
        expect(store.listed(before + after)).toEqual([]);
      }),
    );
  });
});

describe('a store that does not do as it is told', () => {
  it.each([
    [{ kind: 'absent' }, '/usr/bin/security is not installed.'],
    [
      { kind: 'failed', reason: 'gave no answer within 120 seconds' },
      '/usr/bin/security: gave no answer within 120 seconds.',
    ],
    [
      ended(1, '', 'SecTrustSettings: the user cancelled.\n'),
      '/usr/bin/security ended with 1: SecTrustSettings: the user cancelled.',
    ],
    [ended(5, 'FAILED: 0x5\n', ''), '/usr/bin/security ended with 5: FAILED: 0x5.'],
    [ended(1, '', '\u001b[31mred'), '/usr/bin/security ended with 1: \\u{1b}[31mred.'],
    [ended(1, '', ''), '/usr/bin/security ended with 1.'],
  ] as const)('%j is told in words, and undone', async (outcome, problem) => {
    const calls: string[] = [];
    const runProgram = async (_file: string, [verb = '']: readonly string[]): Promise<ProgramOutcome> => {
      calls.push(verb);
      return verb === 'add-trusted-cert' ? outcome : ended(0, '', '');
    };
    const [store] = await userStores(mac);
    expect(store && (await addAuthority(store, authority, { runProgram, signal }))).toMatchObject({
      kind: 'failed',
      problem,
    });
    expect(calls).toEqual(['find-certificate', 'add-trusted-cert', 'delete-certificate']);
  });

  it.each(['win32', 'darwin'] as const)(
    'one that reports success on %s and changes nothing is not believed',
    async (platform) => {
      const machine = { platform, homeFolder: '/home/ada', env: {} };
      for (const [store] of await Promise.all([userStores(machine), systemStores(machine)])) {
        const deaf = async () => ended(0, '', '');
        expect(store && (await addAuthority(store, authority, { runProgram: deaf, signal }))).toMatchObject({
          kind: 'failed',
          problem: expect.stringMatching(/ reported success, and the store does not trust the authority\.$/),
        });
        const stuck = async () => ended(0, authority.name, '');
        expect(store && (await removeAuthorities(store, () => authority, { runProgram: stuck, signal }))).toMatchObject(
          {
            kind: 'failed',
            problem: expect.stringMatching(/ reported success, and the authority is still in the store\.$/),
          },
        );
      }
    },
  );

  it('an empty keychain, which macOS tells by an error, is no failure', async () => {
    const [store] = await userStores(mac);
    const runProgram = async () => ended(44, '', 'The specified item could not be found in the keychain.');
    expect(store && (await listAuthorities(store, { runProgram, signal }))).toEqual({
      kind: 'listed',
      authorities: [],
    });
  });
});

function ended(exitCode: number, stdout: string, stderr: string): ProgramOutcome {
  return { kind: 'ended', exitCode, stdout, stderr };
}

describe('the system’s store on Linux', () => {
  it('is a file in the folder of the first table row that the machine has, then the bundle is made anew', async () => {
    const home = testHome();
    const anchors = join(home, 'anchors');
    const refresh = refreshProgram(home, anchors);
    mkdirSync(anchors);
    const calls = { added: [refresh], removed: [refresh, '--fresh'] } as const;
    const [store] = await anchorStores([
      { folder: join(home, 'not here'), ...calls },
      { folder: home, added: [join(home, 'no such program')], removed: [refresh] },
      { folder: anchors, ...calls },
    ]);
    if (!store) throw new Error('no store');
    expect(store.label).toBe(`the system (${anchors})`);
    const made = makeTrustedCertificate(Date.now());
    const { name } = made.authority;
    const file = await writeAuthorityFile(stateFolderAt(join(home, 'state')), made.authority);
    const machine = { runProgram: realPrograms, signal };
    const bundle = () => readFileSync(join(home, 'bundle.pem'), 'utf8');
    expect(await addAuthority(store, file, machine)).toEqual({ kind: 'added' });
    expect(bundle()).toBe(made.authority.cert);
    expect(await addAuthority(store, file, machine)).toEqual({ kind: 'already' });
    expect(await listAuthorities(store, machine)).toEqual({ kind: 'listed', authorities: [{ name, trusted: true }] });
    expect(await removeAuthorities(store, () => file, machine)).toEqual({ kind: 'removed' });
    expect(bundle()).toBe('fresh\n');
    expect(await removeAuthorities(store, () => file, machine)).toEqual({ kind: 'none' });
  });

  it.each([
    ['add', ['install', '-m', '644', "/it's here/a.pem"]],
    ['remove', ['rm', '-f']],
  ] as const)('says what an administrator can type to %s where the user may not', async (wanted, words) => {
    const target = join(testHome(), 'ping14c-local-authority-0123abcd.crt');
    const refresh = ['/bin/true', wanted] as const;
    const [store] = await anchorStores([{ folder: dirname(target), added: refresh, removed: refresh }]);
    if (!store) throw new Error('no store');
    const runProgram = async (program: string): Promise<ProgramOutcome> =>
      program === 'ls' ? ended(0, listed, '') : ended(1, '', `${program}: Permission denied\n`);
    const listed = wanted === 'add' ? '' : `${basename(target)}\n`;
    const machine = { runProgram, signal };
    const file = "/it's here/a.pem";
    const change =
      wanted === 'add'
        ? await addAuthority(store, { name: 'ping14c local authority 0123abcd', file }, machine)
        : await removeAuthorities(store, (name) => ({ name, file }), machine);
    const typed = /can: (.*)$/.exec(remedyOf(change))?.[1];
    const line = execFileSync('/bin/sh', ['-c', `sudo() { printf '[%s]' "$@"; }; ${typed}`]);
    expect(line.toString()).toBe([...words, target, ...refresh].map((word) => `[${word}]`).join(''));
    expect(existsSync(target)).toBe(false);
  });
});

function remedyOf(change: unknown): string {
  return String((change as { readonly remedy?: string } | undefined)?.remedy);
}

/** What update-ca-certificates does, for a folder of the test's own. */
function refreshProgram(home: string, anchors: string): string {
  const file = join(home, 'update-bundle');
  writeFileSync(
    file,
    `#!/bin/sh\n[ "$1" = --fresh ] && echo fresh >'${home}/bundle.pem' && exit\ncat '${anchors}'/*.crt >'${home}/bundle.pem' 2>/dev/null || true\n`,
  );
  chmodSync(file, 0o755);
  return file;
}
