import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { testMachine } from '../support/test-runtime.ts';

it('takes the whole tour without a screen, in words, and leaves nothing behind', async () => {
  const machine = testMachine({ terminal: false, env: { BROWSER: undefined } });
  const { exitCode, stdout, stderr } = await machine.run('demo');
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
  const [caFile = ''] = /\S+ca\.pem/.exec(stdout) ?? [];
  expect(caFile).not.toBe('');
  expect(existsSync(dirname(caFile))).toBe(false);
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
