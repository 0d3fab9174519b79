import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

// Holds "Who may import whom" of the README's Development section. Types count too: knowing a name is depending on it.

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const files = sourceFiles('src');

/** What everybody above them may use. */
const below = ['errors.ts', 'runtime.ts', 'loopback-host.ts', 'xdg-folder.ts', 'output', 'ownership'];

/** Which folders (or files) of `src` each folder may import, itself excepted. What is not listed here may import nothing. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'errors.ts': [],
  'loopback-host.ts': [],
  'xdg-folder.ts': [],
  'runtime.ts': ['machine'],
  machine: ['errors.ts', 'runtime.ts', 'loopback-host.ts'],
  output: ['errors.ts', 'runtime.ts'],
  ownership: ['errors.ts', 'runtime.ts'],
  http: [...below],
  input: [...below, 'pingone/password-checklist.ts'],
  config: [...below, 'pingone/endpoints.ts'],
  loopback: [...below],
  auth: [...below, 'http', 'loopback'],
  preflight: [...below, 'auth', 'config/console-places.ts'],
  explain: [...below, 'auth', 'config/console-places.ts'],
  pingone: [...below, 'http'],
  session: [...below, 'auth/token-set.ts', 'auth/refresh.ts'],
  // Private files are one thing, whoever keeps them.
  trust: [...below, 'loopback', 'session/private-file.ts'],
  sandbox: [...below, 'loopback/certificate.ts'],
  // What commands share: settings put to work on auth, session and pingone.
  invocation: [...below, 'http', 'config', 'auth', 'session', 'pingone', 'trust'],
  doctor: [...below, 'config', 'auth', 'loopback', 'preflight', 'session', 'invocation'],
  commands: [
    ...[...below, 'input', 'http', 'config', 'auth', 'session', 'pingone', 'loopback', 'preflight', 'explain', 'trust'],
    ...['doctor', 'invocation'],
  ],
  'program.ts': [...below, 'config', 'invocation', 'commands'],
  'main.ts': [...below, 'program.ts'],
};

/** Commands that start the sandbox, and that only by `import()`: its weight is nobody else's. */
const sandboxCommands = ['commands/sandbox.ts', 'commands/demo.ts'];

/** Outside packages that touch the machine, each with its one importer. */
const oneImporter: Readonly<Record<string, string>> = {
  inquirer: 'machine/prompt.ts',
  '@inquirer/core': 'machine/new-password-prompt.ts',
  open: 'machine/browser.ts',
  keytar: 'machine/keychain.ts',
  conf: 'config/profile.ts',
  undici: 'http/dispatching-fetch.ts',
};

describe('who may import whom', () => {
  for (const file of files) {
    it(`${file.path} imports only what its folder may`, () => {
      const own = roomOf(file.path);
      const allowed = [...(mayImport[own] ?? []), own];
      const strangers = file.imports
        .filter((target) => target.startsWith('src/'))
        .map((target) => target.slice('src/'.length))
        .filter((target) => !allowed.some((room) => target === room || target.startsWith(`${room}/`)))
        .filter((target) => !(target.startsWith('sandbox/') && sandboxCommands.includes(file.path)));
      expect(strangers).toEqual([]);
    });
  }

  it('the sandbox is loaded by import() only', () => {
    const eager = files
      .filter((file) => sandboxCommands.includes(file.path))
      .filter(({ text }) => /^import (?!type\b)[^;]*from '\.\.\/sandbox\//m.test(text));
    expect(eager.map((file) => file.path)).toEqual([]);
  });

  it('each package that touches the machine has one importer', () => {
    const importers = files.flatMap(({ path, imports }) =>
      imports.filter((name) => Object.hasOwn(oneImporter, name)).map((name) => [name, path]),
    );
    expect(importers.filter(([name = '', path]) => oneImporter[name] !== path)).toEqual([]);
  });

  it('the process, the clock, timers and the global fetch are used by the runtime, the machine and the sandbox only', () => {
    const outside =
      /\b(?:process\.(?!\w+Id)|console\.|Date\.now|new Date\(\)|AbortSignal\.timeout|globalThis)|(?<![.\w])(?:setTimeout|setInterval|setImmediate)\(/;
    // A parameter may be called `fetch`: it is the bounded one.
    const globalFetch = (text: string) => /(?<![.\w])fetch\(/.test(text) && !/\bfetch(?:: Fetch|, | \})/.test(text);
    const suspects = (text: string) => withoutComments(text).filter((line) => outside.test(line));
    const offenders = files
      .filter(({ path }) => path !== 'runtime.ts' && !['machine', 'sandbox'].includes(roomOf(path)))
      .flatMap(({ path, text }) =>
        [...suspects(text), ...(globalFetch(text) ? ['fetch('] : [])].map((line) => `${path}: ${line.trim()}`),
      );
    expect(offenders).toEqual([]);
  });
});

describe('the shape of the house', () => {
  it('has no default exports and no vague names', () => {
    const vague = /(?:^|\/)(?:utils?|helpers?|common|core|types|constants|index|manager|service)(?:\.ts|\/)/;
    expect(files.filter(({ path }) => vague.test(path)).map((file) => file.path)).toEqual([]);
    expect(files.filter(({ text }) => /^export default/m.test(text)).map((file) => file.path)).toEqual([]);
  });
});

function sourceFiles(root: string): SourceFile[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const path = normalize(join(entry.parentPath, entry.name)).replaceAll('\\', '/');
      const text = readFileSync(path, 'utf8');
      return { path: path.slice(`${root}/`.length), text, imports: importsOf(path, text) };
    });
}

/** Static and dynamic imports, types included; relative ones from the project's root, packages by name. */
function importsOf(path: string, text: string): string[] {
  const code = withoutComments(text).join('\n');
  const named = [...code.matchAll(/(?:\bfrom\s+|\bimport\(\s*|^import\s+|\brequire\()'([^']+)'/gm)].map(
    ([, target = '']) => target,
  );
  return named
    .filter((target) => !target.startsWith('node:') && !builtinModules.includes(target))
    .map((target) =>
      target.startsWith('.') ? normalize(join(dirname(path), target)).replaceAll('\\', '/') : packageOf(target),
    );
}

function packageOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

function roomOf(path: string): string {
  return path.split('/')[0] ?? path;
}

function withoutComments(text: string): string[] {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .split('\n')
    .map((line) => line.replace(/(^|\s)\/\/.*$/, ''));
}
