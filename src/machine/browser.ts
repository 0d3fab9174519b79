import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isBatchFile } from '../batch-file.ts';
import { namedBrowser } from '../display.ts';
import { messageOf } from '../errors.ts';
import { isSecureOrLoopback } from '../loopback-host.ts';
import type { BrowserLaunch, Runtime } from '../runtime.ts';
import { withoutSecrets } from './programs.ts';

type Machine = Pick<Runtime, 'env' | 'platform'>;

/** How long a launcher that fails may take to say so, in milliseconds. One that works may run for as long as the browser. */
const watchMs = 1500;

/**
 * Starts the user's browser: `BROWSER`, else wslview in WSL, else what the platform has. It gets no shell, no stream of ours
 * and no secret in its environment (docs/security.md, rule 18). See `Runtime.openBrowser`.
 */
export async function launchBrowser(url: string, machine: Machine): Promise<BrowserLaunch> {
  if (namedBrowser(machine.env) === 'none') return { kind: 'disabled' };
  if (!isSecureOrLoopback(url)) return { kind: 'failed', reason: 'only https addresses are opened in a browser' };
  try {
    const [command = '', ...given] = launcher(machine);
    // With cmd, everything behind the first & of the URL would be another command.
    if (isBatchFile(command, machine.platform)) {
      return { kind: 'failed', reason: `${command} is a script of cmd, and a browser is started without it` };
    }
    return await started(command, [...given, url], withoutSecrets(machine.env));
  } catch (error) {
    return { kind: 'failed', reason: messageOf(error) };
  }
}

/** The command and its first arguments; the URL comes last. */
function launcher({ env, platform }: Machine): readonly string[] {
  const browser = namedBrowser(env);
  // A path with spaces in it is one word when there is such a file.
  if (browser) return existsSync(browser) ? [browser] : browser.split(/\s+/);
  if (platform === 'linux' && isWsl() && isOnPath('wslview', env)) return ['wslview'];
  return platformLauncher();
}

/**
 * The package `open` in a process of its own: it hands its whole environment to what it starts, and a launcher that hangs
 * (Windows, WSL) would hang us. It resolves even where nothing opened, so the launcher's exit status is passed on.
 */
function platformLauncher(): readonly string[] {
  const require = createRequire(import.meta.url);
  const open = pathToFileURL(require.resolve('open')).href;
  const script = `import open from ${JSON.stringify(open)};
const launcher = await open(process.argv[1]);
launcher.ref();
launcher.once('exit', (code) => process.exit(code ?? 1));
if (launcher.exitCode !== null) process.exit(launcher.exitCode);
setTimeout(() => process.exit(0), 5000);`;
  return [process.execPath, '--input-type=module', '--eval', script, '--'];
}

function started(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<BrowserLaunch> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: 'ignore', detached: true, windowsHide: true });
    const done = (launch: BrowserLaunch) => {
      clearTimeout(patience);
      child.unref();
      resolve(launch);
    };
    const patience = setTimeout(() => done({ kind: 'started' }), watchMs);
    child.once('error', (error) => done({ kind: 'failed', reason: messageOf(error) }));
    child.once('exit', (code, signal) => {
      if (code === 0) return done({ kind: 'started' });
      const how = signal ? `was ended by ${signal}` : `ended with status ${code}`;
      done({ kind: 'failed', reason: `${command === process.execPath ? 'the platform’s opener' : command} ${how}` });
    });
  });
}

function isWsl(): boolean {
  try {
    return /microsoft/i.test(readFileSync('/proc/version', 'utf8'));
  } catch {
    return false;
  }
}

function isOnPath(program: string, env: Machine['env']): boolean {
  return (env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)));
}
