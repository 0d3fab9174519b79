import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ProgramOutcome } from '../src/runtime.ts';
import { makeTrustedCertificate } from '../src/trust/trusted-certificate.ts';
import { type TestMachine, type TestMachineOptions, testMachine } from './support/test-runtime.ts';

// What people have on their machines: test/fixtures/0.1.0 holds the files and keychain items that version 0.1.0 wrote, with
// placeholders for what is secret. A change of the form of any of them has to read these as well. They are never made anew.
// The server that they name is a port where nobody listens, so whatever is read is read from them.

const fixtures = fileURLToPath(new URL('fixtures/0.1.0', import.meta.url));
/** A day after they were written, and a year before the application's token ends. */
const today = Date.parse('2026-11-26T12:00:00Z');

const kept: readonly (readonly [folder: string, TestMachineOptions])[] = [
  ['keychain', { env: { PING14C_STORE: 'keychain' } }],
  ['windows-keychain', { env: { PING14C_STORE: 'keychain' }, platform: 'win32' }],
  ['files', { env: { PING14C_STORE: 'file' } }],
  ['sealed-files', { env: { PING14C_STORE: 'file', PING14C_STORE_PASSPHRASE: 'the passphrase of the fixtures' } }],
];

describe.each(kept)('somebody who has used 0.1.0, with %s', (folder, options) => {
  it('is signed in still', async () => {
    const machine = machineWith(folder, options);
    const { exitCode, stdout, stderr } = await machine.run('status');
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('Ada Lovelace (ada@example.com)');
    expect(stdout).toContain('then renewed by itself');
  });

  it('gets their access token', async () => {
    const { stdout, stderr } = await machineWith(folder, options).run('token');
    expect(stdout, stderr).toBe('placeholder-for-an-access-token\n');
  });

  it('gets the application’s token, for which its secret is read too', async () => {
    const { stdout, stderr } = await machineWith(folder, options).run('token', '--client-credentials');
    expect(stdout, stderr).toBe('placeholder-for-the-access-token-of-an-application\n');
  });

  it('can end all of it, and keeps the secret that init has kept', async () => {
    const machine = machineWith(folder, options);
    const { stdout, stderr } = await machine.run('logout', '--all');
    expect(stdout, stderr).toContain('default');
    expect(readdirSync(join(machine.stateFolder, 'accounts'))).toEqual([]);
    const left = [...machine.keychainItems.keys(), ...filesIn(machine, 'sessions')];
    expect(left.length).toBeGreaterThan(0);
    expect(left.filter((name) => !name.includes('client-secret'))).toEqual([]);
    expect((await machine.run('token')).exitCode).toBe(4);
  });
});

describe('somebody who has used 0.1.0', () => {
  it('has the settings of each profile', async () => {
    const machine = machineWith('keychain');
    const { settings } = JSON.parse((await machine.run('config', 'list', '--json')).stdout);
    expect(JSON.stringify(settings)).toContain('0f1e2d3c-0000-4000-8000-000000000004');
    for (const [argv, value] of [
      [['par'], 'true'],
      [['timeout'], '120'],
      [['worker-auth-method'], 'client_secret_basic'],
      [['scope'], 'openid profile email p1:read:user'],
      [['-P', 'work', 'region'], 'eu'],
      [['-P', 'work', 'redirect-uri'], 'https://localhost/callback'],
    ] as const) {
      expect(await machine.run('config', 'get', ...argv)).toMatchObject({ exitCode: 0, stdout: `${value}\n` });
    }
  });

  it('has the certificate that their browser accepts', async () => {
    const name = 'ping14c local authority 0123abcd';
    const stdout = `    "labl"<blob>="${name}"\n`;
    const programs = async (): Promise<ProgramOutcome> => ({ kind: 'ended', exitCode: 0, stdout, stderr: '' });
    const machine = machineWith('keychain', { programs });
    const { authority, certificate } = makeTrustedCertificate(machine.now());
    const made = [authority.cert, certificate.cert, certificate.key].map((text) => JSON.stringify(text));
    const [authorityText = '', certificateText = '', keyText = ''] = made;
    const record = readFileSync(join(fixtures, 'trust', 'certificate.json'), 'utf8')
      .replace('"AUTHORITY CERTIFICATE"', authorityText)
      .replace('"CERTIFICATE"', certificateText)
      .replace('"KEY"', keyText);
    mkdirSync(join(machine.stateFolder, 'trust'), { mode: 0o700 });
    writeFileSync(join(machine.stateFolder, 'trust', 'certificate.json'), record, { mode: 0o600 });
    const listed = await machine.run('trust', '--list');
    expect(listed.stdout, listed.stderr).toMatch(/^Certificate of the listener: good until /);
    expect(listed.stdout).toContain(`the login keychain: ${name}\n`);
  });
});

/** A machine with what was kept there, readable by its user only, as it was written. */
function machineWith(folder: string, options: TestMachineOptions = {}): TestMachine {
  const machine = testMachine({ pausesPass: true, ...options });
  machine.advance(today - machine.now());
  cpSync(join(fixtures, 'config'), machine.configFolder, { recursive: true });
  cpSync(join(fixtures, folder, 'state'), machine.stateFolder, { recursive: true });
  for (const root of [machine.configFolder, machine.stateFolder]) {
    chmodSync(root, 0o700);
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o700 : 0o600);
    }
  }
  const keychain = join(fixtures, folder, 'keychain.json');
  const items = existsSync(keychain) ? JSON.parse(readFileSync(keychain, 'utf8')) : {};
  for (const [name, text] of Object.entries<string>(items)) machine.keychainItems.set(name, text);
  return machine;
}

function filesIn({ stateFolder }: TestMachine, name: string): readonly string[] {
  return existsSync(join(stateFolder, name)) ? readdirSync(join(stateFolder, name)) : [];
}
