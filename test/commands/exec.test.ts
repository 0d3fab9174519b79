import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Keychain } from '../../src/runtime.ts';
import { client, type SandboxMachineOptions, sandboxMachine, signedIn } from '../support/sandbox-machine.ts';
import type { TestMachineOptions } from '../support/test-runtime.ts';

const hour = 3_600_000;
const worker = {
  PING14C_WORKER_CLIENT_ID: client.worker,
  PING14C_WORKER_CLIENT_SECRET: 'sandbox~worker.secret-as-long-as-those-that-PingOne-makes---0003',
};

interface Execution {
  readonly command: readonly string[];
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** A signed-in machine, and every program that was run on it. */
async function machineThatRuns(
  outcome: ReturnType<NonNullable<TestMachineOptions['attached']>>,
  env = {},
  sandboxOptions: SandboxMachineOptions['sandboxOptions'] = {},
  keychain?: TestMachineOptions['keychain'],
) {
  const executed: Execution[] = [];
  const attached: TestMachineOptions['attached'] = (command, variables) => {
    executed.push({ command, variables });
    return outcome;
  };
  const machine = await signedIn({ attached, env, sandboxOptions, ...(keychain ? { keychain } : {}) });
  return { machine, executed };
}

describe('exec', () => {
  it('runs the program with the access token in its environment, and prints nothing itself', async () => {
    const { machine, executed } = await machineThatRuns({ kind: 'ended', exitCode: 0 });
    const token = (await machine.run('token')).stdout.trim();
    const outcome = await machine.run('exec', '--', 'curl', '--json', '-H', 'x', '--', 'y');
    expect(outcome).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(executed).toEqual([
      { command: ['curl', '--json', '-H', 'x', '--', 'y'], variables: { PING14C_ACCESS_TOKEN: token } },
    ]);
  });

  it.each([1, 4, 77, 143])('passes the exit code %i on without a word', async (exitCode) => {
    const { machine } = await machineThatRuns({ kind: 'ended', exitCode });
    expect(await machine.run('exec', 'program')).toEqual({ exitCode, stdout: '', stderr: '' });
  });

  it('renews a token that lives shorter than --min-ttl, and says so where none lives as long', async () => {
    const { machine, executed } = await machineThatRuns({ kind: 'ended', exitCode: 0 });
    await machine.run('exec', '--min-ttl', '60', '--', 'program');
    machine.advance(hour / 2);
    await machine.run('exec', '--min-ttl', '3000', '--', 'program');
    const [first, second] = executed.map(({ variables }) => variables['PING14C_ACCESS_TOKEN']);
    expect(second).not.toBe(first);
    const { exitCode, stderr } = await machine.run('exec', '--min-ttl', '7200', '--', 'program');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/Warning: The token is good for 1 hour, not for the 2 hours that you asked for/);
  });

  it("hands on the application's token with --client-credentials", async () => {
    const { machine, executed } = await machineThatRuns({ kind: 'ended', exitCode: 0 }, worker);
    await machine.run('exec', '--client-credentials', '--', 'program');
    expect(decodeJwt(String(executed[0]?.variables['PING14C_ACCESS_TOKEN']))).toMatchObject({
      client_id: client.worker,
    });
  });

  it.each([
    ['--refresh', 'SIGINT', 130],
    ['--refresh', 'SIGTERM', 143],
    ['--refresh', 'SIGHUP', 129],
    ['--client-credentials', 'SIGINT', 130],
    ['--client-credentials', 'SIGTERM', 143],
  ] as const)('starts nothing where the token of %s comes after %s', async (flag, signal, code) => {
    const pressed: { interrupt?: () => void } = {};
    const { machine, executed } = await machineThatRuns({ kind: 'ended', exitCode: 0 }, worker, {
      intercept: async ({ url }, proceed) => {
        const answer = await proceed();
        if (url.pathname.endsWith('/as/token')) pressed.interrupt?.();
        return answer;
      },
    });
    const { outcome, runtime } = machine.start('exec', flag, '--', 'program');
    pressed.interrupt = () => runtime.interrupt(signal);
    expect(await outcome).toMatchObject({ exitCode: code, stdout: '' });
    expect(executed).toEqual([]);
  });

  it.each([
    ['the session', 'read', []],
    ['the application’s token', 'read', ['--client-credentials']],
    ['the application’s token', 'written', ['--client-credentials', '--refresh']],
  ] as const)('starts nothing where Ctrl-C comes while %s is %s', async (_, step, flags) => {
    const pressed: { interrupt?: () => void } = {};
    const items = new Map<string, string>();
    const keychain = async (): Promise<Keychain> => ({
      getPassword: async (_service, account) => {
        if (step === 'read') pressed.interrupt?.();
        return items.get(account) ?? null;
      },
      setPassword: async (_service, account, text) => {
        if (step === 'written') pressed.interrupt?.();
        items.set(account, text);
      },
      deletePassword: async (_service, account) => items.delete(account),
    });
    const { machine, executed } = await machineThatRuns({ kind: 'ended', exitCode: 0 }, worker, {}, keychain);
    expect(await machine.run('exec', ...flags, '--', 'program')).toMatchObject({ exitCode: 0 });
    const { outcome, runtime } = machine.start('exec', ...flags, '--', 'program');
    pressed.interrupt = () => runtime.interrupt();
    expect(await outcome).toMatchObject({ exitCode: 130, stdout: '' });
    expect(executed).toHaveLength(1);
  });

  it.each(['--json', '--debug', '--no-color'])(
    'leaves its own mode alone where the program gets %s, and follows its own',
    async (flag) => {
      const machine = await sandboxMachine({ env: { NO_COLOR: undefined } });
      const plain = await machine.run('exec', '--', 'tool');
      expect(plain.stderr).toMatch(/Error:.* You are not signed in\./);
      expect(await machine.run('exec', '--', 'tool', flag)).toEqual(plain);
      expect(await machine.run('exec', flag, '--', 'tool')).not.toEqual(plain);
    },
  );

  it('hands on what a tool of Ping’s reads with --for', async () => {
    const { machine, executed } = await machineThatRuns({ kind: 'ended', exitCode: 0 });
    await machine.run('exec', '--for', 'pingone-go-client', '--', 'program');
    const { variables = {} } = executed[0] ?? {};
    expect(variables).toMatchObject({
      PINGONE_API_ACCESS_TOKEN: variables['PING14C_ACCESS_TOKEN'],
      PINGONE_API_ACCESS_TOKEN_EXPIRY: String(decodeJwt(String(variables['PING14C_ACCESS_TOKEN'])).exp),
      PINGONE_ENVIRONMENT_ID: machine.sandbox.environmentId,
      PINGONE_API_DOMAIN: new URL(machine.sandbox.apiUrl).host,
    });
    expect(Object.entries(variables)).toContainEqual(['PINGONE_CLIENT_ID', undefined]);
    await machine.run('exec', '--for', 'terraform', '--region', 'ca', '--', 'terraform', 'plan');
    expect(executed[1]?.variables).toMatchObject({
      PINGONE_API_ACCESS_TOKEN: variables['PING14C_ACCESS_TOKEN'],
      PINGONE_REGION_CODE: 'CA',
      PINGONE_API_SERVICE_HOSTNAME: new URL(machine.sandbox.apiUrl).host,
    });
  });

  it('starts no tool that takes no token, and says what it takes instead', async () => {
    const { machine, executed } = await machineThatRuns({ kind: 'ended', exitCode: 0 });
    const { exitCode, stderr } = await machine.run('exec', '--for', 'pingcli', '--', 'pingcli', 'pingone', 'api', 'x');
    expect({ exitCode, executed }).toEqual({ exitCode: 2, executed: [] });
    expect(stderr).toContain('Error: pingcli takes no access token');
    expect(stderr).toContain('PINGCLI_PINGONE_CLIENT_CREDENTIALS_CLIENT_ID');
  });

  it('knows no other tool', async () => {
    const { machine, executed } = await machineThatRuns({ kind: 'ended', exitCode: 0 });
    const { exitCode, stderr } = await machine.run('exec', '--for', 'pingctl', '--', 'program');
    expect({ exitCode, executed }).toEqual({ exitCode: 2, executed: [] });
    expect(stderr).toContain('terraform, pingone-go-client, pingcli');
  });

  it('starts nothing when nobody is signed in', async () => {
    const executed: unknown[] = [];
    const machine = await sandboxMachine({
      attached: (command) => {
        executed.push(command);
        return { kind: 'ended', exitCode: 0 };
      },
    });
    const { exitCode, stderr } = await machine.run('exec', '--json', '--', 'program');
    expect({ exitCode, executed }).toEqual({ exitCode: 4, executed: [] });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'no_session' } });
  });

  it('needs a program, and one that is there', async () => {
    const { machine } = await machineThatRuns({ kind: 'absent' });
    expect(await machine.run('exec')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('program') });
    const { exitCode, stderr } = await machine.run('exec', '--', 'no-such-program');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Error: There is no program "no-such-program".');
  });

  it.each(['npm.cmd', 'Build.BAT', 'C:\\tools\\npm.cmd. '])(
    'on Windows does not start %s, and names cmd',
    async (file) => {
      const machine = await sandboxMachine({ platform: 'win32' });
      const { exitCode, stderr } = await machine.run('exec', '--', file, 'a&calc');
      expect({ exitCode, requests: machine.tokenRequests() }).toEqual({ exitCode: 2, requests: 0 });
      expect(stderr).toContain(`"${file}" is a script of cmd`);
      expect(stderr).toMatch(/ping14c exec -- cmd \/c /);
    },
  );

  it('elsewhere starts what is called x.cmd like any other program', async () => {
    const { machine, executed } = await machineThatRuns({ kind: 'ended', exitCode: 0 });
    expect((await machine.run('exec', '--', './x.cmd')).exitCode).toBe(0);
    expect(executed.map(({ command }) => command)).toEqual([['./x.cmd']]);
  });
});
