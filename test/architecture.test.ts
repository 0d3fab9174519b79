import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

// Who may import whom, one case a rule. Types count too: knowing a name is depending on it.

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const files = sourceFiles('src');

/**
 * The floors of the house, from the ground up. A room (a folder or file of `src`) imports from floors below its own, and a
 * folder from itself; rooms of one floor do not know each other.
 */
const floors: readonly (readonly string[])[] = [
  ['wording.ts'],
  ['batch-file.ts', 'display.ts', 'errors.ts', 'json.ts', 'loopback-host.ts', 'runtime.ts'],
  ['deadline.ts', 'machine', 'output'],
  ['files', 'http'],
  ['loopback', 'pingone'],
  ['oidc'],
  ['config', 'session', 'trust'],
  ['cli'],
  ['completion', 'doctor', 'explain', 'help'],
  ['commands'],
  ['program.ts'],
  ['main.ts'],
];

/** What stands behind the runtime is started by `bin` alone. */
const unseen = ['machine'];

/** All that the sandbox takes from the client: nothing in which both could be wrong alike. */
const sandboxMayImport = ['wording.ts', 'errors.ts', 'json.ts', 'runtime.ts', 'output', 'loopback/certificate.ts'];

/** Commands that start the sandbox, and that only by `import()`: its weight is nobody else's. */
const sandboxCommands = ['sandbox', 'sandbox-keys', 'sandbox-seed', 'sandbox-start', 'sandbox-program', 'demo'].map(
  (name) => `commands/${name}.ts`,
);

/** Outside packages that touch the machine, each with its importer; of some, a file a question. */
const importerOf: Readonly<Record<string, string | readonly string[]>> = {
  inquirer: 'machine/prompt.ts',
  open: 'machine/browser.ts',
  keytar: 'machine/keychain.ts',
  conf: 'config/profiles.ts',
  // The client, and what a test asks a sandbox with: neither knows the other.
  undici: ['http/dispatching-fetch.ts', 'sandbox/trusting-fetch.ts'],
  '@inquirer/core': ['machine/new-password-prompt.ts', 'machine/choice-prompt.ts'],
};

describe('who may import whom', () => {
  it('imports go down from floor to floor', () => {
    const strangers = files.flatMap((file) =>
      ownImports(file)
        .filter((target) => !mayImport(file.path, target))
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(strangers).toEqual([]);
  });

  it('there is no circle, types counted', () => {
    expect(circles()).toEqual([]);
  });

  it('the sandbox is loaded by import() only', () => {
    const eager = files
      .filter((file) => sandboxCommands.includes(file.path))
      .filter(({ text }) => /^import (?!type\b)[^;]*from '\.\.\/sandbox\//m.test(text));
    expect(eager.map((file) => file.path)).toEqual([]);
  });

  it('each package that touches the machine has its importer', () => {
    const importers = files.flatMap(({ path, imports }) =>
      imports.filter((name) => Object.hasOwn(importerOf, name)).map((name) => [name, path]),
    );
    expect(importers.filter(([name = '', path = '']) => ![importerOf[name]].flat().includes(path))).toEqual([]);
  });

  it('the process, the clock, timers and the global fetch are used by the machine and the sandbox only', () => {
    const outside =
      /\b(?:process\.(?!\w+Id)|console\.\w|Date\.now|new Date\(\)|AbortSignal\.timeout|globalThis)|(?<![.\w])(?:setTimeout|setInterval|setImmediate)\(/;
    // A parameter may be called `fetch`: it is the bounded one.
    const globalFetch = (text: string) => /(?<![.\w])fetch\(/.test(text) && !/\bfetch(?:: Fetch|, | \})/.test(text);
    const suspects = (text: string) => withoutComments(text).filter((line) => outside.test(line));
    const offenders = files
      .filter(({ path }) => !['machine', 'sandbox'].includes(roomOf(path)))
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

function mayImport(path: string, target: string): boolean {
  const [room, other] = [roomOf(path), roomOf(target)];
  if (room === other) return true;
  if (room === 'sandbox') return sandboxMayImport.some((allowed) => target === allowed || other === allowed);
  if (other === 'sandbox') return sandboxCommands.includes(path);
  return !unseen.includes(other) && floorOf(other) < floorOf(room);
}

function floorOf(room: string): number {
  const floor = floors.findIndex((rooms) => rooms.includes(room));
  if (floor < 0) throw new Error(`${room} is on no floor`);
  return floor;
}

/** Files of `src` that the file imports, without `src/`. */
function ownImports({ imports }: SourceFile): string[] {
  return imports.filter((target) => target.startsWith('src/')).map((target) => target.slice('src/'.length));
}

/** The shortest ways on which a file imports itself, each told once. */
function circles(): string[] {
  const imports = new Map(files.map((file) => [file.path, ownImports(file)]));
  const found = [...imports.keys()].flatMap((start) => {
    const from = new Map<string, string>();
    const waiting = [start];
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      for (const target of imports.get(path) ?? []) {
        if (target === start) return [wayBack(from, start, path)];
        if (from.has(target)) continue;
        from.set(target, path);
        waiting.push(target);
      }
    }
    return [];
  });
  return [...new Set(found.map((way) => way.sort().join(' ')))];
}

function wayBack(from: ReadonlyMap<string, string>, start: string, end: string): string[] {
  const way = [start];
  for (let path: string | undefined = end; path !== undefined && path !== start; path = from.get(path)) way.push(path);
  return way;
}

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
