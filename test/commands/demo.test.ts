import { readdir } from 'node:fs/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { testMachine } from '../support/test-runtime.ts';

it('takes the whole tour without a screen, in words, and leaves nothing behind', async () => {
  const machine = testMachine({ terminal: false, env: { BROWSER: undefined } });
  // All of it is to be in one temporary folder.
  vi.stubEnv('TMPDIR', machine.folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { outcome, runtime } = machine.start('demo');
  await runtime.said(/\$ ping14c whoami\n/);
  expect(await readdir(machine.folder)).toEqual([expect.stringMatching(/^ping14c-demo-/)]);
  const { exitCode, stdout, stderr } = await outcome;
  expect(exitCode).toBe(0);
  for (const command of [
    'login',
    'whoami',
    'status',
    'token',
    'token --client-credentials',
    'passwd --stdin',
    'logout',
  ]) {
    expect(stderr).toContain(`$ ping14c ${command}\n`);
  }
  expect(stdout.match(/^Signed in as Ada King Lovelace/gm)).toHaveLength(2);
  expect(stdout).toContain('Your password is changed.');
  expect(stdout).toMatch(/^eyJ\S{21}… \(\d+ characters\)$/m);
  expect([...machine.keychainItems]).toEqual([]);
  expect(await readdir(machine.folder)).toEqual([]);
  const origin = /sandbox is running at (\S+),/.exec(stderr)?.[1] ?? '';
  await expect(fetch(origin)).rejects.toThrow();
});

it('is not led astray by settings of the person’s own', async () => {
  const env = {
    PING14C_REGION: 'mars',
    PINGONE_CLIENT_ID: 'somebody',
    PING14C_STORE: 'keychain',
    HTTPS_PROXY: 'http://127.0.0.1:1',
  };
  const machine = testMachine({ terminal: false, env });
  expect((await machine.run('demo', '--json')).exitCode).toBe(0);
});

it.each([
  ['by SSH', { SSH_TTY: '/dev/pts/1' }],
  ['in a codespace', { CODESPACES: 'true' }],
])('starts no browser that the person would not see: %s', async (_, env) => {
  const { exitCode, stderr } = await testMachine({ env }).run('demo');
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toContain('There is no screen');
});
