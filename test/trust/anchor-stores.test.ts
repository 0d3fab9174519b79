import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProgramOutcome } from '../../src/runtime.ts';
import { anchorStores } from '../../src/trust/platform-stores.ts';
import { addAuthority, listAuthorities, removeAuthorities } from '../../src/trust/trust.ts';
import { makeTrustedCertificate, writeAuthorityFile } from '../../src/trust/trusted-certificate.ts';
import { realPrograms, testHome } from '../support/certutil.ts';
import { stateFolderAt } from '../support/own-folders.ts';

const { signal } = new AbortController();

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

function ended(exitCode: number, stdout: string, stderr: string): ProgramOutcome {
  return { kind: 'ended', exitCode, stdout, stderr };
}

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
