import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { macKeychains } from './support/mac-keychains.ts';
import { client, sandboxMachine } from './support/sandbox-machine.ts';

const folder = new URL('../src/output/schemas/', import.meta.url);

/** Every schema of the package, by the name of its file. */
const schemaNames: readonly string[] = readdirSync(folder).map((file) => basename(file, '.json'));

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
// As the program writes them, and no other way.
ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text);
ajv.addFormat('uri', (text) => URL.canParse(text));

/** What of the document does not fit the schema of this name; empty when all does. */
function misfits(name: string, document: unknown): readonly string[] {
  const schema = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
  const fits = ajv.getSchema(schema.$id) ?? ajv.compile(schema);
  if (fits(document)) return [];
  return (fits.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

interface Case {
  readonly argv: readonly string[];
  readonly schema: string;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What has been run before. */
  readonly after?: readonly (readonly string[])[];
}

const login = ['login'] as const;
const profile = ['init', '-P', 'work', '--no-check', '--no-input'] as const;
const webShop = {
  PING14C_CLIENT_ID: client.web,
  PING14C_CLIENT_SECRET: 'sandbox~web.shop+secret-as-long-as-those-that-PingOne-makes-0002',
};
const worker = {
  PING14C_WORKER_CLIENT_ID: client.worker,
  PING14C_WORKER_CLIENT_SECRET: 'sandbox~worker.secret-as-long-as-those-that-PingOne-makes---0003',
};
const passwords = 'Analytical-Engine-1843\nDifference-Engine-No-2\n';

/** Every command that answers with a document, and the schema of that document. */
const cases: readonly Case[] = [
  { argv: login, schema: 'login' },
  { argv: ['login', '--scope', 'openid'], schema: 'login' },
  { argv: ['login', '--dry-run'], schema: 'login-dry-run' },
  { argv: ['logout'], schema: 'logout' },
  { argv: ['logout'], schema: 'logout', after: [login] },
  { argv: ['logout'], schema: 'logout', after: [login], env: webShop },
  { argv: ['logout', '--all'], schema: 'logout-all', after: [login, ['token', '--client-credentials']], env: worker },
  { argv: ['whoami'], schema: 'whoami', after: [login] },
  { argv: ['whoami', '--claims'], schema: 'whoami', after: [['login', '--scope', 'openid']] },
  { argv: ['passwd', '--stdin'], schema: 'passwd', after: [login], stdin: passwords },
  { argv: ['passwd', '--check', '--stdin'], schema: 'passwd-check', after: [login], stdin: passwords },
  { argv: ['token'], schema: 'token', after: [login] },
  { argv: ['token', '--format', 'json'], schema: 'token', after: [login] },
  { argv: ['token', '--client-credentials'], schema: 'token', env: worker },
  { argv: ['token', '--id-token'], schema: 'token-id', after: [login] },
  { argv: ['token', '--decode'], schema: 'token-decode', after: [['login', '--scope', 'openid']] },
  { argv: ['token', '--decode', '--id-token'], schema: 'token-decode', after: [login] },
  { argv: ['token', '--decode', '--client-credentials'], schema: 'token-decode', env: worker },
  { argv: ['token', '--introspect'], schema: 'token-introspect', after: [login] },
  { argv: ['status'], schema: 'status', after: [login] },
  { argv: ['status', '--check'], schema: 'status', after: [login] },
  { argv: profile, schema: 'init' },
  { argv: ['trust', '--yes'], schema: 'trust' },
  { argv: ['trust', '--list'], schema: 'trust-list' },
  { argv: ['trust', '--remove'], schema: 'trust' },
  { argv: ['config', 'list'], schema: 'config-list' },
  { argv: ['config', 'get', 'region'], schema: 'config-get' },
  { argv: ['config', 'set', 'region', 'eu'], schema: 'config-change' },
  { argv: ['config', 'unset', 'region'], schema: 'config-change', after: [['config', 'set', 'region', 'eu']] },
  { argv: ['config', 'path'], schema: 'config-path' },
  { argv: ['profile', 'list'], schema: 'profile-list', after: [profile] },
  { argv: ['profile', 'use', 'work'], schema: 'profile-change', after: [profile] },
  { argv: ['profile', 'remove', 'work'], schema: 'profile-change', after: [profile] },
  { argv: ['sandbox', '--list-faults'], schema: 'sandbox-faults' },
  { argv: ['doctor'], schema: 'doctor', after: [login] },
  { argv: ['demo'], schema: 'demo', env: { BROWSER: 'none' } },
  { argv: ['completion', 'fish'], schema: 'completion' },
];

describe('with --json', () => {
  it.each(cases)('$argv prints one document that fits the schema $schema', async ({ argv, schema, ...given }) => {
    const { exitCode, stdout, stderr } = await runAfter(given, [...argv, '--json']);
    expect(exitCode, stderr).toBe(0);
    expect(stdout.trimEnd()).not.toContain('\n');
    expect(misfits(schema, JSON.parse(stdout))).toEqual([]);
  });

  it('sandbox prints one document that fits its schema, before it serves', async () => {
    const machine = await sandboxMachine();
    const { outcome, runtime } = machine.start('sandbox', '--port', '0', '--fault', 'token-5xx', '--json');
    await runtime.said(/Ctrl-C ends the sandbox/);
    runtime.interrupt();
    expect(misfits('sandbox', JSON.parse((await outcome).stdout))).toEqual([]);
  });
});

/** Failures of every sort, each a line on standard error and nothing on standard output. */
const failures: readonly (Case & { readonly exitCode: number })[] = [
  { argv: ['token'], exitCode: 4, schema: 'failure' },
  { argv: ['exec', '--', 'program'], exitCode: 4, schema: 'failure' },
  { argv: ['exec', '--', 'no-such-program'], exitCode: 2, schema: 'failure', after: [login] },
  { argv: ['status', '--check'], exitCode: 4, schema: 'failure' },
  { argv: ['login', '--no-such-flag'], exitCode: 2, schema: 'failure' },
  { argv: ['no-such-command'], exitCode: 2, schema: 'failure' },
  { argv: ['token', '--client-credentials'], exitCode: 2, schema: 'failure' },
  { argv: ['config', 'get', 'no-such-setting'], exitCode: 2, schema: 'failure' },
  { argv: ['passwd', '--stdin'], exitCode: 5, schema: 'failure', after: [login], stdin: 'wrong\nshort\n' },
  {
    argv: ['token', '--client-credentials'],
    exitCode: 5,
    schema: 'failure',
    env: { ...worker, PING14C_WORKER_CLIENT_SECRET: 'wrong' },
  },
  { argv: ['login'], exitCode: 6, schema: 'failure', env: { PING14C_AUTH_URL: 'https://127.0.0.1:1' } },
];

describe('a failure with --json', () => {
  it.each(failures)('$argv ends with $exitCode and one line', async ({ argv, schema, exitCode, ...given }) => {
    const [command = '', ...rest] = argv;
    const outcome = await runAfter(given, [command, '--json', ...rest]);
    const lines = outcome.stderr.trimEnd().split('\n');
    expect({ exitCode: outcome.exitCode, stdout: outcome.stdout }).toEqual({ exitCode, stdout: '' });
    expect(misfits(schema, JSON.parse(lines.at(-1) ?? ''))).toEqual([]);
  });
});

describe('the schemas', () => {
  it('are there for every command, and each is used by one', async () => {
    const tested = [...cases, ...failures, { argv: ['sandbox'], schema: 'sandbox' }];
    const { stdout } = await (await sandboxMachine()).run('--help');
    const [, commands = ''] = stdout.split('\nStart here:\n');
    const names = [...commands.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name);
    expect(names).toContain('login');
    expect(names.filter((name) => !tested.some(({ argv }) => argv[0] === name))).toEqual([]);
    expect(schemaNames.filter((name) => !tested.some(({ schema }) => schema === name))).toEqual([]);
  });

  it('refuse what does not fit', () => {
    expect(misfits('login', {})).not.toEqual([]);
    expect(misfits('config-path', { schemaVersion: 2, path: 'x' })).not.toEqual([]);
    expect(misfits('config-path', { schemaVersion: 1, path: 'x', more: 1 })).not.toEqual([]);
    expect(misfits('failure', { error: { code: 1, message: 'x' } })).not.toEqual([]);
  });

  it('are in the package as they are built', () => {
    const built = readdirSync(new URL('../dist/schemas', import.meta.url)).map((file) => basename(file, '.json'));
    // What `--seed` takes is none of what the commands print.
    expect(built.filter((name) => name !== 'sandbox-seed')).toEqual(schemaNames);
  });
});

async function runAfter({ env, after = [], stdin = '' }: Partial<Case>, argv: readonly string[]) {
  const machine = await sandboxMachine({
    terminal: false,
    env: { BROWSER: 'a browser', ...env },
    // A system's certificate store that does what it is told.
    programs: macKeychains().programs,
  });
  for (const before of after) {
    const { exitCode, stderr } = await machine.run(...before);
    expect(exitCode, stderr).toBe(0);
  }
  const { outcome, runtime } = machine.start(...argv);
  runtime.stdin.end(stdin);
  return outcome;
}
