import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startTestSandbox } from '../support/sandbox.ts';
import { client, type SandboxMachine, sandboxMachine } from '../support/sandbox-machine.ts';
import { asOffered, type TestMachine, testMachine } from '../support/test-runtime.ts';

const environmentId = '01234567-89ab-cdef-0123-456789abcdef';

async function savedSettings(machine: TestMachine, profile = 'default') {
  const { profiles } = JSON.parse((await machine.run('profile', 'list', '--json')).stdout);
  return profiles.find(({ name }: { name: string }) => name === profile)?.settings;
}

describe('without a terminal', () => {
  it('flags alone make a profile, and the console checklist is the answer', async () => {
    const machine = testMachine({ terminal: false });
    const flags = ['--environment-id', environmentId, '--client-id', 'abc', '--region', 'eu'];
    const { exitCode, stdout, stderr } = await machine.run('init', '-P', 'work', '--no-check', ...flags);
    expect(exitCode).toBe(0);
    expect(await savedSettings(machine, 'work')).toEqual({ environmentId, clientId: 'abc', region: 'eu' });
    for (const item of ['PKCE', 'https://127.0.0.1/callback', 'p1:reset:userPassword', 'Grant type']) {
      expect(stdout).toContain(item);
    }
    expect(stderr).toContain('Next: "ping14c -P work login"');
  });

  it.each([
    ['https://127.0.0.1/callback', true],
    ['https://127.0.0.1:443/callback', false],
  ])('the checklist tells whether any port will do: %s', async (redirectUri, isAnyPort) => {
    const flags = ['--environment-id', environmentId, '--client-id', 'abc', '--redirect-uri', redirectUri];
    const { stdout } = await testMachine({ terminal: false }).run('init', '--no-check', ...flags);
    expect(stdout).toContain(redirectUri);
    expect(stdout.includes('(any port)')).toBe(isAnyPort);
  });

  it('what is missing is named with its flag', async () => {
    const { exitCode, stderr } = await testMachine({ terminal: false }).run('init', '--no-check');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--environment-id');
  });

  it('values from the environment are used and not copied', async () => {
    const machine = testMachine({ terminal: false, env: { PINGONE_ENVIRONMENT_ID: environmentId } });
    expect((await machine.run('init', '--no-check', '--client-id', 'abc')).exitCode).toBe(0);
    expect(await savedSettings(machine)).toEqual({ clientId: 'abc' });
  });
});

it('in a terminal it asks for all, tells where each is found, and keeps the secret in the keychain only', async () => {
  const answers = [
    'eu',
    environmentId,
    'abc',
    'client_secret_post',
    'https://127.0.0.1/cb',
    'openid',
    '',
    'hush hush',
    false,
  ];
  const machine = testMachine({ answers });
  const { exitCode, stdout, stderr } = await machine.run('init', '--no-check');
  expect(exitCode).toBe(0);
  expect(machine.answers).toEqual([]);
  expect({ askedAloud: machine.askedAloud, quiet: machine.quiet() }).toEqual({ askedAloud: [], quiet: false });
  const places = machine.asked.map((question) => /\((.*)\)/.exec(question)?.[1]);
  expect(places).toEqual([
    'the end of your console’s address',
    'Settings → Environment Properties',
    'your application → Overview',
    'Configuration',
    'Configuration → Redirect URIs',
    'Resources',
    'Enter: none',
    'your application → Overview; Enter: ask at each sign-in',
    undefined,
  ]);
  expect(await savedSettings(machine)).toEqual({
    region: 'eu',
    environmentId,
    clientId: 'abc',
    authMethod: 'client_secret_post',
    redirectUri: 'https://127.0.0.1/cb',
    scope: 'openid',
  });
  expect([...machine.keychainItems.values()]).toEqual(['hush hush']);
  expect(stdout + stderr).not.toContain('hush');
});

it('an answer that does not fit is refused with the reason', async () => {
  const machine = testMachine({
    answers: ['eu', 'not a UUID', 'abc', 'none', 'https://127.0.0.1/callback', 'openid', ''],
  });
  const { exitCode, stderr } = await machine.run('init', '--no-check');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('is not a UUID');
});

describe('the conversation', () => {
  const ids = ['--environment-id', environmentId, '--client-id', 'abc'];
  const public4 = ['none', 'https://127.0.0.1/cb', 'openid', ''];

  it('goes back at <, keeps what was answered, and says so once', async () => {
    const machine = testMachine({
      answers: ['eu', '<', 'sg', environmentId, '<', asOffered, 'abc', ...public4, false],
    });
    const { exitCode, stderr } = await machine.run('init', '--no-check');
    expect(exitCode, stderr).toBe(0);
    expect(machine.answers).toEqual([]);
    expect(stderr.match(/< goes back/g)).toHaveLength(1);
    expect(await savedSettings(machine)).toMatchObject({ region: 'sg', environmentId, clientId: 'abc' });
  });

  it.each([
    ['--auth-url', ['--auth-url', 'https://auth.example.com'], {}],
    ['PING14C_AUTH_URL', [], { PING14C_AUTH_URL: 'https://auth.example.com' }],
  ])('asks for no region and no custom domain with %s', async (_, flags, env) => {
    const machine = testMachine({ answers: [...public4.slice(0, 3), false], env });
    const { exitCode, stderr } = await machine.run('init', '--no-check', ...ids, ...flags);
    expect(exitCode, stderr).toBe(0);
    expect(machine.asked.filter((question) => /region|domain/i.test(question))).toEqual([]);
    expect(stderr).toContain('the API at https://api.pingone.com/v1. If yours is another, pass --api-url or --region.');
  });

  it.each([
    ['--api-url', 'https://api.example.com/v1'],
    ['--region', 'eu'],
  ])('assumes nothing of the API where %s is given', async (flag, value) => {
    const machine = testMachine({ answers: [...public4.slice(0, 3), false] });
    const argv = ['init', '--no-check', ...ids, '--auth-url', 'https://auth.example.com', flag, value];
    const { exitCode, stderr } = await machine.run(...argv);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).not.toContain('If yours is another');
  });
});

describe('a keychain that does not work', () => {
  const keychain = () => Promise.reject(new Error('Platform failure'));
  const argv = ['init', '--no-check', '--environment-id', environmentId, '--client-id', 'abc'];
  const settings = ['eu', 'client_secret_post', 'https://127.0.0.1/cb', 'openid', ''];

  it('is found out before it is needed, and a private file is kept instead', async () => {
    const machine = testMachine({ keychain, answers: [...settings, true, 'hush hush', false] });
    const { exitCode, stderr } = await machine.run(...argv);
    expect(exitCode, stderr).toBe(0);
    expect(machine.asked.at(-3)).toBe('Keep the session in a private file instead?');
    expect(await savedSettings(machine)).toMatchObject({ store: 'file' });
    expect(stderr).toMatch(
      /Warning: The keychain failed[\s\S]*not encrypted[\s\S]*The client secret is kept in .*sessions/,
    );
  });

  it('is waited for aloud', async () => {
    const silence = () => new Promise<never>(() => {});
    const machine = testMachine({
      keychain: async () => ({ getPassword: silence, setPassword: silence, deletePassword: silence }),
      answers: [...settings.toSpliced(1, 1, 'none'), true, false],
    });
    const { outcome } = machine.start(...argv);
    await machine.sleepsThrough(500);
    await machine.sleepsThrough(3000);
    const { exitCode, stderr } = await outcome;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining('Waiting for the keychain…') });
  });

  it('stays where the person wants it to', async () => {
    const machine = testMachine({ keychain, answers: [...settings.toSpliced(1, 1, 'none'), false, false] });
    expect((await machine.run(...argv)).exitCode).toBe(0);
    expect(await savedSettings(machine)).not.toHaveProperty('store');
  });

  it('is told, and nothing asked, where a variable names it: what is saved would not count', async () => {
    const env = { PING14C_STORE: 'keychain' };
    const machine = testMachine({ keychain, env, answers: [...settings.toSpliced(1, 1, 'none'), false] });
    const { exitCode, stderr } = await machine.run(...argv);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining('--store file') });
  });

  it.each([
    ['another store', {}, ['--store', 'file']],
    ['a pipe', { terminal: false }, []],
  ])('is not tried with %s', async (_, world, flags) => {
    const tried = { yet: false };
    const answers = [...settings.toSpliced(1, 1, 'none'), false];
    const trying = () => {
      tried.yet = true;
      return keychain();
    };
    const machine = testMachine({ keychain: trying, answers, ...world });
    expect({ ...(await machine.run(...argv, ...flags)), tried }).toMatchObject({ exitCode: 0, tried: { yet: false } });
  });
});

describe('at its end', () => {
  async function initIn(machine: SandboxMachine, ...argv: string[]) {
    const { origin, apiUrl, environmentId: environment } = machine.sandbox;
    const place = ['--auth-url', origin, '--api-url', apiUrl, '--environment-id', environment];
    return machine.run('init', ...place, '--client-id', client.native, ...argv);
  }
  const answers = ['none', 'https://127.0.0.1/callback', 'openid profile'];
  // Nothing but what init saves.
  const env = Object.fromEntries(
    ['AUTH_URL', 'API_URL', 'ENVIRONMENT_ID', 'CLIENT_ID'].map((name) => [`PING14C_${name}`, undefined]),
  );

  it('signs in with the profile that it has saved, when told to', async () => {
    const machine = await sandboxMachine({ env, answers: [...answers, true] });
    const { exitCode, stdout, stderr } = await initIn(machine, '-P', 'work');
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 0, stdout: expect.stringMatching(/Signed in as .*Ada/) });
    expect(machine.asked.at(-1)).toBe('Sign in now?');
    expect(JSON.parse((await machine.run('status', '-P', 'work', '--json')).stdout)).toMatchObject({
      profile: 'work',
      user: { name: 'Ada King Lovelace' },
    });
  });

  it('has the exit code of a sign-in that fails; the profile is saved', async () => {
    const machine = await sandboxMachine({
      env,
      answers: [...answers, true],
      sandboxOptions: { faults: ['unknown-client'] },
    });
    expect((await initIn(machine)).exitCode).toBe(5);
    expect(await savedSettings(machine)).toMatchObject({ clientId: client.native });
  });

  it('names the profile where Ping’s variables would count without it', async () => {
    const answers = ['eu', environmentId, 'abc', 'none', 'https://127.0.0.1/cb', 'openid', '', false];
    const machine = testMachine({ answers, env: { PINGONE_ENVIRONMENT_ID: environmentId } });
    expect((await machine.run('init', '--no-check')).stderr).toContain('Next: "ping14c login -P default"');
  });

  it('asks nothing where the answer is a JSON document', async () => {
    const machine = await sandboxMachine({ env, answers });
    const { exitCode, stdout } = await initIn(machine, '--json');
    expect({ exitCode, document: JSON.parse(stdout) }).toMatchObject({ exitCode: 0, document: { checked: true } });
  });
});

describe('the sample’s config.cfg', () => {
  async function initFrom(text: string, ...argv: string[]) {
    const machine = testMachine({ terminal: false });
    const file = join(machine.folder, 'config.cfg');
    await writeFile(file, text);
    return { machine, ...(await machine.run('init', '--no-check', '--from', file, ...argv)) };
  }

  it('becomes a profile, its secret an item of the keychain', async () => {
    const { machine, exitCode, stderr } = await initFrom(
      `ENVIRONMENT_ID = '${environmentId}'\nCLIENT_ID = 'abc'\nCLIENT_SECRET = 'hush hush'\nMAX_AGE = 3600\nDEBUG = True`,
    );
    expect(exitCode).toBe(0);
    expect(await savedSettings(machine)).toEqual({ environmentId, clientId: 'abc', maxAge: '3600' });
    expect([...machine.keychainItems.values()]).toEqual(['hush hush']);
    expect(stderr).toContain('DEBUG: add --debug');
    expect(stderr).not.toContain('hush');
  });

  it('is refused with its placeholders named, and nothing saved', async () => {
    const { machine, exitCode, stderr } = await initFrom(
      "ENVIRONMENT_ID = '<environment_id>'\nCLIENT_ID = '<client_id>'",
    );
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/line 1: .*<environment_id>[\s\S]*line 2: .*<client_id>/);
    expect(await savedSettings(machine)).toBeUndefined();
  });

  it('is named, with line and key, where a value does not fit', async () => {
    const { exitCode, stderr } = await initFrom("ENVIRONMENT_ID = 'mine'");
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/config\.cfg cannot be imported[\s\S]*line 1: ENVIRONMENT_ID "mine" is not a UUID/);
    expect(stderr).not.toContain('profile "default"');
  });

  it('must be there', async () => {
    const { exitCode, stderr } = await testMachine({ terminal: false }).run('init', '--from', '/nowhere/config.cfg');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('/nowhere/config.cfg cannot be read');
  });
});

describe('the check against PingOne', () => {
  it('finds the environment', async () => {
    const sandbox = await startTestSandbox();
    const machine = testMachine({ terminal: false });
    const flags = [
      '--auth-url',
      sandbox.origin,
      '--ca-file',
      sandbox.caFile,
      '--environment-id',
      sandbox.environmentId,
    ];
    const { exitCode, stderr } = await machine.run('init', '--client-id', 'abc', ...flags);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining(`Found ${sandbox.issuer}`) });
  });

  it.each<[string, (string | boolean)[], number, object | undefined]>([
    ['saved anyway', ['save', false], 0, { clientId: 'abc' }],
    [
      'tried again and changed',
      ['again', 'change', 'abd', 'none', 'https://127.0.0.1/cb', 'openid', 'save', false],
      0,
      { clientId: 'abd' },
    ],
    ['given up', ['end'], 6, undefined],
  ])('that fails loses no answer: %s', async (_, steps, exitCode, saved) => {
    const answers = ['abc', 'none', 'https://127.0.0.1/cb', 'openid', ...steps];
    const machine = testMachine({ answers });
    const nowhere = ['--auth-url', 'https://127.0.0.1:1', '--environment-id', environmentId];
    const ended = await machine.run('init', ...nowhere);
    expect(ended.exitCode, ended.stderr).toBe(exitCode);
    expect(machine.answers).toEqual([]);
    const settings = await savedSettings(machine);
    if (saved) expect(settings).toMatchObject(saved);
    else expect(settings).toBeUndefined();
  });

  it('that fails is told once where the person ends it', async () => {
    const answers = ['abc', 'none', 'https://127.0.0.1/cb', 'openid', 'end'];
    const nowhere = ['--auth-url', 'https://127.0.0.1:1', '--environment-id', environmentId];
    const { exitCode, stderr } = await testMachine({ answers }).run('init', ...nowhere);
    expect(exitCode).toBe(6);
    expect(stderr.match(/No answer from 127/g)).toHaveLength(1);
    expect(stderr).toMatch(/^Error: Nothing was saved, because the check failed\.$/m);
  });

  it('takes back nothing that another ping14c saves in the meantime', async () => {
    const meanwhile = ['config', 'set', 'scope', 'openid email'];
    const machine = testMachine({
      terminal: false,
      fetch: async (input) => {
        await machine.run(...meanwhile);
        const issuer = String(input).replace('/.well-known/openid-configuration', '');
        return Response.json({ issuer, jwks_uri: `${issuer}/jwks` });
      },
    });
    await machine.run('config', 'set', 'scope', 'openid');
    const flags = ['--environment-id', environmentId, '--client-id', 'abc'];
    const { exitCode, stderr } = await machine.run('init', ...flags);
    expect(exitCode, stderr).toBe(0);
    expect(await savedSettings(machine)).toMatchObject({ clientId: 'abc', scope: 'openid email' });
  });

  it('is not come to, nor is anything asked, where a variable is unfit or nothing can be saved', async () => {
    const unfit = testMachine({ env: { PING14C_TIMEOUT: 'soon' } });
    expect(await unfit.run('init')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('PING14C_TIMEOUT') });
    const file = testMachine();
    await writeFile(file.configFolder, '');
    expect((await file.run('init')).exitCode).not.toBe(0);
    expect([...unfit.asked, ...file.asked]).toEqual([]);
  });

  it('saves nothing when there is no such environment', async () => {
    const sandbox = await startTestSandbox();
    const machine = testMachine({ terminal: false });
    const flags = ['--auth-url', sandbox.origin, '--ca-file', sandbox.caFile, '--environment-id', environmentId];
    const { exitCode, stdout, stderr } = await machine.run('init', '--client-id', 'abc', ...flags);
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' });
    expect(stderr).toContain(environmentId);
    expect(await savedSettings(machine)).toBeUndefined();
  });
});
