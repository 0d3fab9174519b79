import { utimesSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { changeProfiles, type Profiles, profilesFile, readProfiles } from '../../src/config/profiles.ts';
import type { OwnFolder } from '../../src/files/own-folder.ts';
import type { Runtime } from '../../src/runtime.ts';
import { asRead } from '../support/failures.ts';
import { configFolderAt } from '../support/own-folders.ts';
import { testMachine } from '../support/test-runtime.ts';

let path: string;
let folder: OwnFolder;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'ping14c-profile-'));
  folder = configFolderAt(path);
});
afterEach(() => rm(path, { recursive: true, force: true }));

function save(profiles: Profiles) {
  return changeProfiles(folder, testMachine({ pausesPass: true }).runtime(), () => profiles);
}

it('has an empty default profile before anything is saved', async () => {
  expect(await readProfiles(folder)).toEqual({ active: 'default', profiles: {} });
});

it('reads back what it saved, names with dots included', async () => {
  const saved = { active: 'acme.eu', profiles: { 'acme.eu': { region: 'eu', clientId: 'a.b' }, other: {} } };
  await save(saved);
  expect(await readProfiles(folder)).toEqual(saved);
});

// Windows has no modes.
it.skipIf(process.platform === 'win32')(
  'leaves one file beside its locks, and that readable by the user only',
  async () => {
    await save({ active: 'default', profiles: {} });
    expect(await readdir(path)).toEqual(['config.json', 'locks']);
    expect((await stat(profilesFile(folder))).mode & 0o777).toBe(0o600);
  },
);

it('of changes made at the same time seven at once are all there, whoever was last', async () => {
  const machine = testMachine({ pausesPass: true });
  const names = Array.from({ length: 7 }, (_, index) => `profile-${index}`);
  await Promise.all(
    names.map((name) =>
      changeProfiles(folder, machine.runtime(), ({ active, profiles }) => ({
        active,
        profiles: { ...profiles, [name]: { region: 'eu' } },
      })),
    ),
  );
  expect(Object.keys((await readProfiles(folder)).profiles).sort()).toEqual(names);
});

it('is changed anew by whoever was overtaken, so that what the other saved meanwhile stays', async () => {
  let asked = 0;
  const saved = await changeProfiles(folder, testMachine({ pausesPass: true }).runtime(), ({ active, profiles }) => {
    asked += 1;
    if (asked === 1) {
      // Another machine takes the next turn, saves, and gives the lock back.
      writeFileSync(profilesFile(folder), JSON.stringify({ active, profiles: { theirs: { region: 'eu' } } }));
      writeFileSync(join(path, 'locks', 'profiles', '2'), '');
    }
    return { active, profiles: { ...profiles, mine: { region: 'ca' } } };
  });
  expect(saved.profiles).toEqual({ theirs: { region: 'eu' }, mine: { region: 'ca' } });
  expect(await readProfiles(folder)).toEqual(saved);
  expect(asked).toBe(2);
});

it('is not written while another process will not end its change, and that one is named', async () => {
  const turn = join(path, 'locks', 'profiles', '1');
  await mkdir(join(path, 'locks', 'profiles'), { recursive: true, mode: 0o700 });
  await writeFile(turn, JSON.stringify({ pid: 4711, mark: 'm', place: 'another machine' }), { mode: 0o600 });
  const runtime = testMachine({ pausesPass: true }).runtime();
  let beats = 0;
  const sleep: Runtime['sleep'] = (ms, signal) => {
    beats += 1;
    utimesSync(turn, beats, beats);
    return runtime.sleep(ms, signal);
  };
  const attempt = changeProfiles(folder, { ...runtime, sleep }, () => ({ active: 'mine', profiles: { mine: {} } }));
  expect(await attempt.catch(asRead)).toMatchObject({
    kind: 'failed',
    code: 'configuration_locked',
    message: expect.stringContaining('nothing was saved'),
    hint: expect.stringContaining('(process 4711)'),
  });
  expect(await readdir(path)).toEqual(['locks']);
});

it('is not written where nothing is changed', async () => {
  await changeProfiles(folder, testMachine({ pausesPass: true }).runtime(), (saved) => saved);
  expect(await readdir(path)).toEqual(['locks']);
});

it('skips a byte-order mark, and keeps what another version has written', async () => {
  const known = { region: 'eu' };
  const unknown = { environmentID: 'x', retries: { most: 3 } };
  const profiles = { work: { ...known, ...unknown }, other: { __proto: 1 } };
  await writeFile(profilesFile(folder), `\uFEFF${JSON.stringify({ version: 2, active: 'work', profiles })}`);
  const machine = testMachine({ pausesPass: true });
  await changeProfiles(folder, machine.runtime(), (saved) => ({
    ...saved,
    profiles: { ...saved.profiles, work: { ...saved.profiles['work'], region: 'asia' } },
  }));
  expect(JSON.parse(await readFile(profilesFile(folder), 'utf8'))).toEqual({
    version: 2,
    active: 'work',
    profiles: { ...profiles, work: { region: 'asia', ...unknown } },
  });
});

// Windows says ENOENT of both, and only as something is to be saved.
it.skipIf(process.platform === 'win32').each<[string, string, (path: string) => Promise<unknown>]>([
  ['a file on the way to it', 'ENOTDIR', (path) => writeFile(path, '')],
  ['a link to itself on the way to it', 'ELOOP', (path) => symlink(path, path)],
])('tells as the machine’s failure %s', async (_, code, put) => {
  await put(join(path, 'way'));
  const within = configFolderAt(join(path, 'way', 'ping14c'));
  for (const attempt of [readProfiles(within), changeProfiles(within, testMachine().runtime(), (saved) => saved)]) {
    const failure = await attempt.catch(asRead);
    expect(failure).toMatchObject({ kind: 'failed', message: expect.stringContaining(code) });
    expect(failure).toMatchObject({ hint: expect.stringContaining('PING14C_CONFIG_DIR') });
  }
});

it.skipIf(process.platform !== 'linux')('ends where a folder takes no other', async () => {
  const attempt = changeProfiles(configFolderAt('/proc/ping14c/x'), testMachine().runtime(), (saved) => saved);
  expect(await attempt.catch(asRead)).toMatchObject({ kind: 'failed', code: 'configuration_unwritable' });
});

it.each([
  ['half a file', '{"active":"de', 'JSON'],
  ['a list', '[]', 'it is not a JSON object'],
  ['another type of name', '{"active":1}', '"active" is not the name of a profile in quotes'],
  ['another type of profiles', '{"profiles":[]}', '"profiles" is not a JSON object'],
  ['a profile that is no object', '{"profiles":{"default":"x"}}', 'profile "default" is not a JSON object'],
])('refuses %s, naming the file, what is wrong in it and a way on', async (_, text, problem) => {
  await writeFile(profilesFile(folder), text);
  const failure = await readProfiles(folder).catch(asRead);
  expect(failure).toMatchObject({
    kind: 'usage',
    code: 'configuration_unreadable',
    message: expect.stringContaining(`${profilesFile(folder)} cannot be used: `),
    hint: expect.stringContaining('ping14c init'),
  });
  expect(failure).toMatchObject({ message: expect.stringContaining(problem) });
});
