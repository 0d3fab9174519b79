// Builds dist/ from src/: bundled and code-split, because that starts fastest (README, Development).
// `node build.js --install` first installs the locked packages where they are missing or older than the lock file.
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, statSync } from 'node:fs';

const here = (path) => new URL(path, import.meta.url).pathname;
const changedAt = (path) => statSync(new URL(path, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (
  process.argv.includes('--install') &&
  changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json')
) {
  process.stderr.write('Installing what ping14c needs…\n');
  // `npm ci` runs "prepare", which builds.
  execFileSync('npm', ['ci', '--silent'], {
    cwd: new URL('.', import.meta.url),
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
} else {
  const { build } = await import('esbuild');
  rmSync(new URL('dist', import.meta.url), { recursive: true, force: true });
  await build({
    absWorkingDir: here('.'),
    entryPoints: ['src/main.ts', 'src/runtime.ts'],
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
  // For who reads what `--json` prints.
  cpSync(new URL('src/output/schemas', import.meta.url), new URL('dist/schemas', import.meta.url), { recursive: true });
}
