import { describe, expect, it } from 'vitest';
import { testMachine } from '../support/test-runtime.ts';

const environment = 'e0000000-0000-4000-8000-000000000001';
const issuer = `https://auth.pingone.eu/${environment}/as`;
const env = { PING14C_ENVIRONMENT_ID: environment, PING14C_REGION: 'eu', PING14C_CLIENT_ID: 'the-client' };

/** A machine without network, browser and keychain: using one of them fails the test. */
function machineWith(more: Readonly<Record<string, string>> = {}) {
  const unused = async () => {
    throw new Error('the keychain must not be asked');
  };
  return testMachine({ env: { ...env, ...more }, keychain: unused });
}

async function plan(...flags: readonly string[]) {
  const { exitCode, stdout, stderr } = await machineWith().run('login', '--dry-run', '--json', ...flags);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const document = JSON.parse(stdout) as {
    readonly authorizationUrl?: string;
    readonly assumedEndpoints: Readonly<Record<string, string>>;
    readonly parameters?: readonly { readonly name: string; readonly purpose?: string }[];
    readonly steps: readonly { readonly title: string; readonly lines: readonly string[] }[];
  };
  return { document, titles: document.steps.map(({ title }) => title) };
}

describe('login --dry-run', () => {
  it('prints the plan and the address, and that nothing was sent', async () => {
    const machine = machineWith();
    const { exitCode, stdout, stderr } = await machine.run('login', '--dry-run', '--verbose');
    expect({ exitCode, stderr, opened: machine.opened }).toEqual({ exitCode: 0, stderr: '', opened: [] });
    expect(stdout).toMatch(/^Nothing was sent and nothing opened\./);
    expect(stdout).toContain('these are by PingOne’s layout');
    expect(stdout).toContain(`   GET ${issuer}/.well-known/openid-configuration\n`);
    expect(stdout).toContain('   redirect URI = https://127.0.0.1/callback (a free port is put in)\n');
    expect(stdout).toMatch(new RegExp(`^ {3}${issuer}/authorize\\?response_type=code&`, 'm'));
    expect(stdout).toContain('   code_verifier = [redacted]\n');
  });

  it('prints without --verbose the same steps, each in a few lines, and the whole address', async () => {
    const { stdout } = await machineWith().run('login', '--dry-run');
    expect([...stdout.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
    expect(stdout).toMatch(new RegExp(`^ {3}${issuer}/authorize\\?response_type=code&`, 'm'));
    expect(stdout).not.toMatch(/RFC|Console:/);
  });

  it('prints one document with --json, each parameter with its purpose', async () => {
    const { document, titles } = await plan();
    expect(document).toMatchObject({ schemaVersion: 1, dryRun: true, grant: 'authorization_code', issuer });
    const { searchParams, origin, pathname } = new URL(document.authorizationUrl ?? '');
    expect(origin + pathname).toBe(document.assumedEndpoints['authorization_endpoint']);
    expect(searchParams.get('client_id')).toBe('the-client');
    expect(document.parameters?.map(({ name }) => name)).toEqual([...searchParams.keys()]);
    expect(document.parameters?.filter(({ purpose }) => !purpose)).toEqual([]);
    expect(titles).toContain('Token request');
  });

  it('shows a challenge that is the hash it tells', async () => {
    const { document } = await plan();
    const lines = document.steps.flatMap((step) => step.lines).join('\n');
    const hex = /^SHA-256 += ([0-9a-f]{64})/m.exec(lines)?.[1] ?? '';
    const challenge = new URL(document.authorizationUrl ?? '').searchParams.get('code_challenge');
    expect(Buffer.from(hex, 'hex').toString('base64url')).toBe(challenge);
  });

  it.each<[readonly string[], readonly string[], readonly string[]]>([
    [['--par'], ['Pushed authorization request'], ['Preflight: the authorization request, tried without a browser']],
    [['--no-preflight'], ['Token request'], ['Preflight: the authorization request, tried without a browser']],
    [['--implicit'], ['The ID token is verified'], ['Token request', 'Proof key for code exchange (PKCE)']],
    [['--implicit', '--response-type', 'token'], ['Userinfo'], ['The ID token is verified']],
    [['--device'], ['Device authorization', 'Token request'], ['A listener for the answer', 'The callback']],
    [['--no-browser'], ['The address is shown, for you to open'], ['The browser is opened']],
  ])('follows %j', async (flags, present, absent) => {
    const { titles } = await plan(...flags);
    expect(titles).toEqual(expect.arrayContaining([...present]));
    for (const title of absent) expect(titles).not.toContain(title);
  });

  it('refuses what login would refuse', async () => {
    const { exitCode, stdout, stderr } = await machineWith().run('login', '--dry-run', '--scope', 'profile');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('lack "openid"');
  });

  it('asks for no secret', async () => {
    const machine = machineWith({ PING14C_AUTH_METHOD: 'client_secret_basic' });
    const { exitCode, stdout } = await machine.run('login', '--dry-run', '--verbose');
    expect({ exitCode, asked: machine.asked }).toEqual({ exitCode: 0, asked: [] });
    expect(stdout).toContain('client authentication = client_secret_basic');
  });
});
