import { readdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createUserAgent } from '../../src/sandbox/user-agent.ts';
import { makeTrustedCertificate, writeTrustedCertificate } from '../../src/trust/trusted-certificate.ts';
import { stateFolderAt } from '../support/own-folders.ts';
import { type TestMachine, testMachine } from '../support/test-runtime.ts';

const commands = [
  'login',
  'whoami',
  'status',
  'token',
  'token --client-credentials',
  'passwd --stdin',
  'logout',
] as const;

it('takes the whole tour without a screen, in words, and leaves nothing behind', async () => {
  const machine = testMachine({ terminal: false, env: { BROWSER: undefined } });
  vi.stubEnv('TMPDIR', machine.folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { outcome, runtime } = machine.start('demo');
  await runtime.said(/\$ ping14c whoami /);
  expect(await readdir(machine.folder)).toEqual([expect.stringMatching(/^ping14c-demo-/)]);
  const { exitCode, stdout, stderr } = await outcome;
  expect(exitCode, stderr).toBe(0);
  for (const command of commands) expect(stderr).toContain(`$ ping14c ${command}  `);
  expect(stdout.match(/Signed in as Ada King Lovelace/gm)).toHaveLength(1);
  expect(stdout).toContain('Your password is changed.');
  expect(stdout).toMatch(/^eyJ\S{21}… \(\d+ characters\)$/m);
  expect([...machine.keychainItems]).toEqual([]);
  expect(await readdir(machine.folder)).toEqual([]);
  const origin = /sandbox is running at (\S+) /.exec(stderr)?.[1] ?? '';
  await expect(fetch(origin)).rejects.toThrow();
});

it('goes from step to step when a person at the terminal presses Enter', async () => {
  const answers = commands.slice(1).map(() => '');
  const machine = testMachine({ outputTerminal: true, env: { BROWSER: 'none' }, answers });
  const { exitCode, stderr } = await tourIn(machine, 'demo');
  expect(exitCode, stderr).toBe(0);
  expect(machine.asked.map((question) => question.split('  ')[0])).toEqual(
    commands.slice(1).map((command) => `$ ping14c ${command}`),
  );
});

it.each([false, true])(
  'tells a person with a browser as whom to sign in, and of its warning unless it trusts the sandbox (%s)',
  async (trusting) => {
    const machine: TestMachine = testMachine({
      env: { BROWSER: 'somebody’s' },
      browser: (url, stderr) => {
        const [folder = ''] = readdirSync(machine.folder).filter((name) => name.startsWith('ping14c-demo-'));
        return createUserAgent({
          trust: readFileSync(join(machine.folder, folder, 'ca.pem'), 'utf8'),
          acceptCertificate: (_host, fingerprint256) => stderr.includes(fingerprint256.slice(0, 23)),
        }).signIn(url, { username: 'ada', password: 'Analytical-Engine-1843' });
      },
    });
    if (trusting)
      await writeTrustedCertificate(stateFolderAt(machine.stateFolder), makeTrustedCertificate(machine.now()));
    const { exitCode, stderr } = await tourIn(machine, 'demo');
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('sign in as ada with the password Analytical-Engine-1843.\n');
    expect(stderr.includes('It warns of the sandbox’s certificate')).toBe(!trusting);
    expect(/your browser warns/.test(stderr)).toBe(!trusting);
  },
);

it('asks nobody who reads a pipe, or a document', async () => {
  const machine = testMachine({ env: { BROWSER: 'none' } });
  expect((await tourIn(machine, 'demo')).exitCode).toBe(0);
  const read = testMachine({ outputTerminal: true, env: { BROWSER: 'none' } });
  const { steps } = JSON.parse((await tourIn(read, 'demo', '--json')).stdout);
  expect(steps).toEqual(commands.map((command) => ({ command: `ping14c ${command}`, exitCode: 0 })));
  expect([...machine.asked, ...read.asked]).toEqual([]);
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

/** Runs it with the machine's folder as the place for temporary files. */
async function tourIn(machine: TestMachine, ...argv: string[]) {
  vi.stubEnv('TMPDIR', machine.folder);
  return machine.run(...argv).finally(() => vi.unstubAllEnvs());
}
