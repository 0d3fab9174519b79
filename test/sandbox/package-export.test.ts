import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createSandbox } from '../../src/sandbox/package-export.ts';

// The package as npm would install it, in a folder of somebody who uses it. What it depends on, and what they use themselves, is
// linked to what is here.

const folder = mkdtempSync(join(tmpdir(), 'ping14c-installed-'));
const examples = ['vitest.test.ts', 'node.test.js'];
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

beforeAll(() => {
  const packed = execFileSync(npm, ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    encoding: 'utf8',
  });
  execFileSync('tar', ['xzf', packed.trim()], { cwd: folder });
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
  renameSync(join(folder, 'package'), join(folder, 'node_modules/ping14c'));
  for (const name of ['undici', 'vitest', '@types/node']) {
    symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name), 'junction');
  }
  put('package.json', '{ "type": "module" }');
  for (const name of examples) put(name, readFileSync(join('docs/examples', name), 'utf8'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('import from "ping14c/sandbox"', () => {
  const consumer = `
    import { createSandbox, type FaultName, type Sandbox, type SandboxOptions, type SeedFileUser } from 'ping14c/sandbox';
    // @ts-expect-error What the sandbox makes of a seed is its own.
    import type { Seed } from 'ping14c/sandbox';
    const mary: SeedFileUser = { username: 'mary', attributes: { name: { given: 'Mary' } } };
    const options: SandboxOptions = {
      ...{ port: 0, now: Date.now, faults: ['token-5xx'], onRequest: ({ path }) => path.length },
      seed: { users: [mary], passwordPolicies: [{ name: 'Lax', maxAgeDays: 9 }] },
    };
    const name: FaultName = 'api-503';
    await using sandbox: Sandbox = await createSandbox(options);
    const { access_token }: { access_token: string } = await sandbox.signIn(sandbox.users[0]!, { scope: 'openid' });
    const code: string | null = (await sandbox.authorize(new URL(sandbox.issuer), 'ada')).searchParams.get('code');
    sandbox.advance({ days: 182 });
    { using fault = sandbox.fault(name); fault.off(); }
    const secret: string | undefined = sandbox.applications[0]?.clientSecret;
    export const answer: Response = await sandbox.fetch(sandbox.discoveryUrl, { headers: { access_token, secret: secret ?? '', code: code ?? '' } });
    // @ts-expect-error There is no such fault.
    sandbox.fault('token-6xx');
    // @ts-expect-error A user has a name.
    await createSandbox({ seed: { users: [{ password: 'Steam-Engine-1842' }] } });
    // @ts-expect-error Of the tests of ping14c itself.
    sandbox.directory;
  `;

  it('is declared from the top down, in words that need no file of this repository', () => {
    const declarations = readFileSync(join(folder, 'node_modules/ping14c/dist/sandbox.d.cts'), 'utf8');
    const names = [...declarations.matchAll(/^(?:export )?(?:declare )?(?:function|interface|type) (\w+)/gm)];
    expect(names.slice(0, 3).map(([, name]) => name)).toEqual(['createSandbox', 'SandboxOptions', 'Sandbox']);
    expect(declarations).not.toMatch(/[\w-]+\.ts\b/);
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['bundler', 'esnext'],
  ])('type-checks under moduleResolution %s', async (moduleResolution, module) => {
    put('consumer.ts', consumer);
    const compilerOptions = {
      ...{ module, moduleResolution, target: 'es2023', lib: ['es2023', 'esnext.disposable'], types: ['node'] },
      ...{ strict: true, noEmit: true, exactOptionalPropertyTypes: true },
    };
    put('tsconfig.json', JSON.stringify({ compilerOptions, files: ['consumer.ts', 'vitest.test.ts'] }));
    expect(await run(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', '.'])).toBe('');
  });

  it.each([
    ['an ES module', 'loads.mjs', "import { createSandbox } from 'ping14c/sandbox';"],
    ['CommonJS', 'loads.cjs', "const { createSandbox } = require('ping14c/sandbox');"],
  ])('works from %s, loads nothing of the program, and lets the process end by itself', async (_, name, imports) => {
    put(
      name,
      `${imports}
      const loaded = () => Object.keys(process.getBuiltinModule('node:module')._cache ?? {}).map((path) => path.replaceAll('\\\\', '/'));
      const before = loaded().filter((path) => !path.endsWith('/loads.cjs')).map((path) => path.split('/node_modules/').at(-1));
      createSandbox().then(async (sandbox) => {
        const { scope } = await sandbox.signIn('ada', { scope: 'openid' });
        const { status } = await sandbox.fetch(sandbox.discoveryUrl);
        await sandbox.close();
        console.log(JSON.stringify({ before, scope, status }));
      });`,
    );
    const { before, ...rest } = JSON.parse(await run(process.execPath, [name]));
    // Nothing of other packages, and no file of the program's, whose texts these are.
    expect(before).toContain('ping14c/dist/sandbox.cjs');
    for (const path of before as readonly string[]) {
      expect(path).toMatch(/^ping14c\/dist\//);
      expect(readFileSync(join(folder, 'node_modules', path), 'utf8')).not.toMatch(/commander\.|inquirer|keytar/);
    }
    expect(rest).toEqual({ scope: 'openid', status: 200 });
  });

  it('leaves nothing of a hundred that are closed: the process ends by itself', async () => {
    put(
      'hundred.mjs',
      `import { createSandbox } from 'ping14c/sandbox';
      const sandboxes = await Promise.all(Array.from({ length: 100 }, () => createSandbox()));
      const statuses = await Promise.all(sandboxes.map(async ({ fetch, discoveryUrl }) => (await fetch(discoveryUrl)).status));
      const open = process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
      await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
      process.once('beforeExit', () => {
        // The standard streams are open all the time.
        const left = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap');
        console.log(JSON.stringify({ statuses: [...new Set(statuses)], opened: open >= 100, left }));
      });`,
    );
    const ended = JSON.parse(await run(process.execPath, ['hundred.mjs']));
    expect(ended).toEqual({ statuses: [200], opened: true, left: [] });
  });
});

describe('createSandbox', () => {
  it.each([
    [{ sed: {} }, 'createSandbox has no option "sed". Did you mean seed?'],
    [{ clock: Date.now }, 'no option "clock". There are: port, seed, now, faults, onRequest.'],
    [{ faults: ['api-530'] }, 'There is no fault "api-530". Did you mean api-503?'],
    [{ faults: ['rain'] }, 'There is no fault "rain". There are: unknown-client, application-disabled'],
    [{ seed: [] }, 'the seed: must be an object'],
  ])('refuses %j in words', async (options, words) => {
    await expect(createSandbox(options as never)).rejects.toThrow(words);
  });
});

describe('a seed', () => {
  it('adds to what every sandbox has, in the form of the file that --seed takes', async () => {
    const sandbox = await createSandbox({
      seed: {
        users: [{ username: 'mary', password: 'Steam-Engine-1842' }],
        applications: [{ name: 'Shop', clientId: 'shop', redirectUris: ['https://shop.example.com/callback'] }],
      },
    });
    onTestFinished(() => sandbox.close());
    expect(sandbox.users.map(({ username }) => username)).toEqual(expect.arrayContaining(['ada', 'mary']));
    const { id_token } = await sandbox.signIn('mary', { clientId: 'shop' });
    expect(decodeJwt(id_token ?? '')).toMatchObject({ aud: 'shop', preferred_username: 'mary' });
    sandbox.reset();
    expect(await sandbox.signIn('mary', { clientId: 'shop' })).toMatchObject({ token_type: 'Bearer' });
  });

  it('tells all its mistakes at once', async () => {
    const seed = { users: [{ usrname: 'mary' }], aplications: [] } as object;
    await expect(createSandbox({ seed })).rejects.toThrow(
      /^The seed has 3 mistakes\.\n {2}users\[0\]\.username: .+\n {2}users\[0\]\.usrname: .+\n {2}aplications: /,
    );
  });
});

describe('docs/examples', () => {
  it.each(examples)('%s is what docs/sandbox.md shows', (name) => {
    const example = readFileSync(join('docs/examples', name), 'utf8');
    expect(readFileSync('docs/sandbox.md', 'utf8')).toContain(`\n${example}\`\`\`\n`);
  });

  it('run with vitest', async () => {
    const vitest = join(folder, 'node_modules/vitest/vitest.mjs');
    expect(await run(process.execPath, [vitest, 'run', 'vitest.test.ts', '--reporter', 'tap-flat'])).toMatch(
      /^1\.\.2\nok 1 .+\nok 2 .+$/m,
    );
  });

  it('run with node:test', async () => {
    expect(await run(process.execPath, ['--test', 'node.test.js'])).toMatch(/^# pass 2\n# fail 0$|ℹ pass 2\nℹ fail 0/m);
  });
});

function put(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

/** Runs a program to its end, in that folder; what it has printed is the message where it fails. */
async function run(file: string, args: readonly string[]): Promise<string> {
  // Nothing of the vitest that runs this.
  const env = { PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'], NO_COLOR: '1' };
  const giveUp = new AbortController();
  onTestFinished(() => giveUp.abort());
  const options = { cwd: folder, env, signal: giveUp.signal };
  const ended = await promisify(execFile)(file, [...args], options).catch((error) => {
    throw new Error(`${error.message}\n${error.stdout}`);
  });
  return ended.stdout;
}
