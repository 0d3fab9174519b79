// Builds dist/ from src/: bundled, and laid out for the start of the program (docs/developing.md).
// `node build.js --install` first installs the locked packages where they are missing or older than the lock file.
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const changedAt = (path) => statSync(new URL(path, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** What a script calls again and again: all that it needs without a server comes in one file. Each file costs time, and so does each line. */
const oftenCalled = [
  'src/main.ts',
  'src/machine/node-runtime.ts',
  'src/commands/token.ts',
  'src/session/file-store.ts',
].map(here);

/** What `bin` starts. */
const main = {
  name: 'main',
  resolveId: { filter: { id: /^\0main$/ }, handler: (id) => id },
  load: {
    filter: { id: /^\0main$/ },
    handler: () =>
      oftenCalled
        .slice(0, 2)
        .map((path) => `export * from ${JSON.stringify(path)};`)
        .join('\n'),
  },
};

/** A group of modules that come in one file: these and all that they import, but for what they import when they need it. */
function together(name, modules) {
  let members;
  const collect = (id, context) => {
    if (members.has(id)) return;
    members.add(id);
    for (const imported of context.getModuleInfo(id)?.importedIds ?? []) collect(imported, context);
  };
  const nameOf = (id, context) => {
    if (!members) {
      members = new Set();
      for (const module of modules) collect(module, context);
    }
    return members.has(id) ? name : null;
  };
  return { name: nameOf, debugName: name };
}

/** In front of a file: what stands for one of Node's modules until something of it is asked for. */
const whenUsed = `const whenUsed = (load) => {
  let loaded;
  return new Proxy({}, { get: (_, name) => (name === 'default' ? (loaded ??= load()) : (loaded ??= load())[name]) });
};`;

/**
 * Node's own modules are loaded at their first use, and not because a file begins with their name: `node:crypto` alone takes
 * a sixth of an empty start.
 */
const nodeModulesWhenUsed = {
  name: 'node-modules-when-used',
  renderChunk(code) {
    // After a default import, whose default is the module itself, a second line makes a copy that has one.
    const imported = /^let (node_\w+) = (require\("node:[\w/]+"\));\n(?:\1 = .*\n)?/gm;
    return `${whenUsed}\n${code.replace(imported, 'const $1 = whenUsed(() => $2);\n')}`;
  },
};

/** What packages load at their start and we have no use for, by the end of the file's path: the file as we need it. */
const leaner = {
  // For commands that are programs of their own; ours are not.
  'commander/lib/command.js': (code) =>
    code
      .replace("const childProcess = require('node:child_process');", '')
      .replaceAll('childProcess.', "require('node:child_process')."),
  // It asks what the terminal can do, by way of `node:tty`; `output/output.ts` tells it instead.
  'chalk/source/vendor/supports-color/index.js': () => 'export default { stdout: false, stderr: false };',
  // Of all that it offers, what `http/dispatching-fetch.ts` takes, with the one method that asks a proxy for a tunnel.
  'undici/index.js': () =>
    `require('./lib/dispatcher/dispatcher').prototype.connect = require('./lib/api/api-connect');
    Object.assign(exports, {
      Agent: require('./lib/dispatcher/agent'),
      Pool: require('./lib/dispatcher/pool'),
      ProxyAgent: require('./lib/dispatcher/proxy-agent'),
      fetch: require('./lib/web/fetch').fetch,
    });`,
  // conf is told where to write. This asks for the home folder as it is loaded, and throws where there is none.
  'env-paths/index.js': () => 'export default () => ({});',
};

const leanerPackages = {
  name: 'leaner-packages',
  transform: {
    filter: {
      id: Object.keys(leaner).map(
        (path) => new RegExp(`[\\\\/]node_modules[\\\\/]${path.replaceAll('/', '[\\\\/]')}$`),
      ),
    },
    handler(code, id) {
      const [path, made] = Object.entries(leaner).find(([path]) =>
        id.replaceAll('\\', '/').endsWith(`/node_modules/${path}`),
      );
      const result = made(code);
      if (result === code) throw new Error(`${path} is another than it was: look at build.js`);
      return result;
    },
  },
};

/** What `ping14c/sandbox` is made from. */
const sandboxExport = here('src/sandbox/package-export.ts');

/**
 * The declarations of what a module exports, in one file, from the top down: its function, what that takes and gives, then the
 * types that those name, as they stand in the source. They are interfaces and types with a name, and exported where the module
 * does so; test/sandbox/package-export.test.ts has them checked.
 */
function declarationsOf(entry) {
  const text = readFileSync(entry, 'utf8');
  const exported = [...text.matchAll(/^export type \{([^}]+)\}/gm)].flatMap(([, names]) =>
    names.split(',').map((name) => name.trim()),
  );
  const [, comment, name, given, made] =
    /(\/\*\*[\s\S]*?\*\/\n)export async function (\w+)\(options: (\w+) = \{\}\): (\S+) \{$/m.exec(text);
  const modules = new Map();
  /** What a name stands for in a module, its own or another's; nothing for a name of the language. */
  const typeNamed = (name, path) => {
    if (!modules.has(path)) modules.set(path, typesIn(path));
    const { declared, found } = modules.get(path);
    return found.has(name) ? typeNamed(name, found.get(name)) : declared.get(name);
  };
  const named = (code, path) =>
    (code.replace(/\/\*[\s\S]*?\*\//g, '').match(/\b[A-Z]\w*/g) ?? []).map((name) => typeNamed(name, path));
  // A set hands on what is added while one goes through it.
  const types = new Set([...named(`${given} ${made}`, entry), ...exported.map((name) => typeNamed(name, entry))]);
  for (const type of types) for (const next of type ? named(type.code, type.path) : []) types.add(next);
  return [
    '/// <reference types="node" />',
    `${comment}export declare function ${name}(options?: ${given}): ${made};`,
    ...[...types]
      .filter(Boolean)
      .map(({ name, comment, code }) => comment + (exported.includes(name) ? 'export ' : '') + code),
    // What is not exported by name stays in here.
    'export {};',
  ]
    .map((part) => `${part}\n`)
    .join('\n');
}

/** The types that a module declares, and where those are found that it imports or hands on. */
function typesIn(path) {
  const text = readFileSync(path, 'utf8');
  const declarations = text.matchAll(
    /^((?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?)(?:export )?((?:interface|type) (\w+)[\s\S]*?)(?=\n(?:\n|\/\*\*|export |const ))/gm,
  );
  const found = new Map();
  for (const [, names, target] of text.matchAll(/^(?:import|export) (?:type )?\{([^}]+)\} from '(\.[^']+)';/gm)) {
    for (const name of names.split(',')) found.set(name.replace(/\btype\b/, '').trim(), resolve(dirname(path), target));
  }
  return {
    declared: new Map([...declarations].map(([, comment, code, name]) => [name, { name, path, comment, code }])),
    found,
  };
}

if (
  process.argv.includes('--install') &&
  changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json')
) {
  process.stderr.write('Installing what ping14c needs…\n');
  // `npm ci` runs "prepare", which builds.
  execFileSync('npm', ['ci', '--silent'], {
    cwd: here('.'),
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
} else {
  const { build } = await import('rolldown');
  const shared = {
    cwd: here('.'),
    platform: 'node',
    transform: { target: 'node20.19' },
    // What is loaded when it is needed may be there already.
    checks: { ineffectiveDynamicImport: false },
  };
  const layout = {
    dir: 'dist',
    // CommonJS starts faster than ES modules do: `token` takes three quarters of the time.
    format: 'cjs',
    dynamicImportInCjs: false,
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name]-[hash].cjs',
    comments: false,
    // A file with any other character is kept in memory with two bytes for each.
    charset: 'ascii',
    // The names of functions and classes stay, for who reads where an error came from.
    minify: { compress: false, mangle: { keepNames: true }, codegen: { removeWhitespace: true } },
  };
  const program = await build({
    ...shared,
    input: { main: '\0main' },
    // `keytar` is native; `open` finds its own xdg-open only where it was installed.
    external: ['keytar', 'open'],
    plugins: [main, leanerPackages, nodeModulesWhenUsed],
    output: { ...layout, codeSplitting: { groups: [together('often-called', oftenCalled)] } },
  });
  // By itself: who imports it needs nothing of the program.
  const sandbox = await build({
    ...shared,
    input: { sandbox: sandboxExport },
    external: ['undici'],
    plugins: [nodeModulesWhenUsed],
    output: layout,
  });
  const output = [...program.output, ...sandbox.output];
  writeFileSync(here('dist/sandbox.d.cts'), declarationsOf(sandboxExport));
  // Last, so that there is no moment without a program: chunks of an earlier build have other names.
  const current = new Set(output.map(({ fileName }) => here(`dist/${fileName}`)));
  for (const entry of readdirSync(here('dist'), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && /\.c?js$/.test(path) && !current.has(path)) rmSync(path);
  }
  // For who reads what `--json` prints.
  cpSync(here('src/output/schemas'), here('dist/schemas'), { recursive: true });
  // For who writes what `--seed` takes.
  cpSync(here('src/sandbox/seed/sandbox-seed.json'), here('dist/schemas/sandbox-seed.json'));
}
