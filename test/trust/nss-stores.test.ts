import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nssStores } from '../../src/trust/nss-stores.ts';
import { addAuthority, listAuthorities, removeAuthorities } from '../../src/trust/trust.ts';
import { makeTrustedCertificate, writeAuthorityFile } from '../../src/trust/trusted-certificate.ts';
import { certutil, certutilIsAbsent, makeDatabase, realPrograms, testHome } from '../support/certutil.ts';
import { stateFolderAt } from '../support/own-folders.ts';

const machine = { runProgram: realPrograms, signal: new AbortController().signal };
const { authority } = makeTrustedCertificate(Date.now());
const noFile = (name: string) => ({ name, file: '' });

it.each([
  ['C,,', true],
  ['CT,C,C', true],
  ['Cu,u,u', true],
  [',,', false],
  ['u,u,u', false],
  // Valid as an authority, which is not yet trusted; an authority for e-mail, for code.
  ['c,,', false],
  ['p,p,p', false],
  [',C,', false],
  [',,C', false],
])('an authority with the trust flags %s is trusted for servers: %s', async (flags, trusted) => {
  const [store] = await nssStores({ env: {}, homeFolder: testHome() });
  const listing = `\nCertificate Nickname${' '.repeat(44)}Trust Attributes\n\n${authority.name.padEnd(60)} ${flags}\n`;
  expect(store?.listed(listing)).toEqual([{ name: authority.name, trusted }]);
});

describe.skipIf(certutilIsAbsent)('NSS databases, by the real certutil (skipped where it is absent)', () => {
  it('the one that every Chromium reads is made where there is none', async () => {
    const homeFolder = testHome();
    const [store, ...others] = await nssStores({ env: {}, homeFolder });
    expect(others).toEqual([]);
    expect(await add(store, homeFolder)).toEqual({ kind: 'added' });
    expect(existsSync(join(homeFolder, '.pki', 'nssdb', 'cert9.db'))).toBe(true);
    // Found by whoever looks again, and trusted for servers only.
    const [made] = await nssStores({ env: {}, homeFolder });
    expect(made && (await listAuthorities(made, machine))).toEqual({
      kind: 'listed',
      authorities: [{ name: authority.name, trusted: true }],
    });
    expect(certutil('-L', '-d', `sql:${homeFolder}/.pki/nssdb`)).toMatch(new RegExp(`${authority.name}\\s+C,,`));
  });

  it('one in the newer place is used, and none made beside it that would hide it', async () => {
    const homeFolder = testHome();
    makeDatabase(join(homeFolder, '.local', 'share', 'pki', 'nssdb'));
    const stores = await nssStores({ env: {}, homeFolder });
    expect(stores.map(({ label }) => label)).toEqual([`Chromium, Chrome (${homeFolder}/.local/share/pki/nssdb)`]);
    expect(await add(stores[0], homeFolder)).toEqual({ kind: 'added' });
    expect(readdirSync(homeFolder)).not.toContain('.pki');
  });

  it('a folder that is there and empty, which Chromium would prefer, gets its database', async () => {
    const homeFolder = testHome();
    mkdirSync(join(homeFolder, '.pki', 'nssdb'), { recursive: true });
    makeDatabase(join(homeFolder, '.local', 'share', 'pki', 'nssdb'));
    for (const store of await nssStores({ env: {}, homeFolder })) {
      expect(await add(store, homeFolder)).toEqual({ kind: 'added' });
    }
    expect(certutil('-L', '-d', `sql:${homeFolder}/.pki/nssdb`)).toContain(authority.name);
  });

  it('those of XDG_DATA_HOME, snaps, and Firefox profiles of all sorts are found; folders without a database are not', async () => {
    const homeFolder = testHome();
    const folders = [
      'data/pki/nssdb',
      'snap/chromium/current/.pki/nssdb',
      '.mozilla/firefox/a1.default',
      '.config/mozilla/firefox/b2.default',
      'snap/firefox/common/.mozilla/firefox/c3.default',
      '.var/app/org.mozilla.firefox/.mozilla/firefox/d4.default',
    ].map((folder) => join(homeFolder, folder));
    for (const folder of folders) makeDatabase(folder);
    mkdirSync(join(homeFolder, '.mozilla/firefox/Crash Reports'));
    const stores = await nssStores({ env: { XDG_DATA_HOME: join(homeFolder, 'data') }, homeFolder });
    expect(stores.map(({ label }) => /\((.*)\)$/.exec(label)?.[1])).toEqual(folders);
  });

  // Whose the current folder is nobody knows, and a database may name libraries that certutil then loads.
  it('those that a relative XDG variable finds from the current folder are left alone', async () => {
    const [homeFolder, elsewhere] = [testHome(), testHome()];
    makeDatabase(join(elsewhere, 'pki', 'nssdb'));
    makeDatabase(join(elsewhere, 'mozilla', 'firefox', 'a1.default'));
    const fromHere = relative(process.cwd(), elsewhere);
    const stores = await nssStores({ env: { XDG_DATA_HOME: fromHere, XDG_CONFIG_HOME: fromHere }, homeFolder });
    expect(stores.map(({ label }) => label)).toEqual([`Chromium, Chrome (${homeFolder}/.pki/nssdb)`]);
  });

  it('adding twice adds once; removing twice removes once, and leaves what others put there', async () => {
    const homeFolder = testHome();
    const folder = join(homeFolder, '.pki', 'nssdb');
    makeDatabase(folder);
    const foreign = await writeAuthorityFile(
      stateFolderAt(join(homeFolder, 'elsewhere')),
      makeTrustedCertificate(Date.now()).authority,
    );
    certutil('-A', '-n', 'Company CA', '-t', 'C,,', '-d', `sql:${folder}`, '-i', foreign.file);
    const [store] = await nssStores({ env: {}, homeFolder });
    if (!store) throw new Error('no store');
    expect(await add(store, homeFolder)).toEqual({ kind: 'added' });
    expect(await add(store, homeFolder)).toEqual({ kind: 'already' });
    expect(await removeAuthorities(store, noFile, machine, authority.name)).toEqual({ kind: 'none' });
    expect(await removeAuthorities(store, noFile, machine)).toEqual({ kind: 'removed' });
    expect(await removeAuthorities(store, noFile, machine)).toEqual({ kind: 'none' });
    expect(certutil('-L', '-d', `sql:${folder}`)).toMatch(/Company CA\s+C,,/);
  });

  it('one with a primary password is told, with what to do, and left as it was', async () => {
    const homeFolder = testHome();
    const folder = join(homeFolder, '.pki', 'nssdb');
    makeDatabase(folder, 'primary password');
    const [store] = await nssStores({ env: {}, homeFolder });
    expect(await add(store, homeFolder)).toEqual({
      kind: 'failed',
      problem: expect.stringMatching(/^certutil ended with 255: .*password/),
      remedy: 'If it has a primary password, remove that for a moment, then run this again.',
    });
    expect(certutil('-L', '-d', `sql:${folder}`)).not.toContain('ping14c');
  });
});

async function add(store: Parameters<typeof addAuthority>[0] | undefined, homeFolder: string) {
  return (
    store && addAuthority(store, await writeAuthorityFile(stateFolderAt(join(homeFolder, 'state')), authority), machine)
  );
}
