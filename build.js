// Builds dist/ from src/: bundled and code-split, because that starts fastest (README, Development).
// `node build.js --install` first installs the locked packages where they are missing or older than the lock file.
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const changedAt = (path) => statSync(new URL(path, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;

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
  const { build } = await import('esbuild');
  const { metafile } = await build({
    absWorkingDir: here('.'),
    metafile: true,
    entryPoints: ['src/main.ts', 'src/machine/node-runtime.ts'],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // `keytar` is native; `open` finds its own xdg-open only where it was installed.
    external: ['keytar', 'open'],
    chunkNames: 'chunks/[name]-[hash]',
    // CommonJS packages in the bundle ask for Node's own modules with `require`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    legalComments: 'none',
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
  });
  // Last, so that there is no moment without a program: chunks of an earlier build have other names.
  const current = new Set(Object.keys(metafile.outputs).map((path) => here(path)));
  for (const entry of readdirSync(here('dist'), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && path.endsWith('.js') && !current.has(path)) rmSync(path);
  }
  // For who reads what `--json` prints.
  cpSync(here('src/output/schemas'), here('dist/schemas'), { recursive: true });
}
