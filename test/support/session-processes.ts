import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Slept, Task } from './session-worker.ts';

/** A real process that does one task. */
export interface Worker {
  readonly child: ChildProcess;
  /** Resolves when it has printed this line. */
  said(line: string): Promise<void>;
  /** Lets a paused one go on. */
  proceed(): void;
  readonly ended: Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }>;
  /** Resolves at its end with what it slept for; never where it is killed. */
  readonly slept: Promise<Slept>;
}

export interface WorkerProgram {
  start(task: Task, env?: Readonly<Record<string, string>>): Worker;
  /** Ends what still runs and removes the program. */
  remove(): void;
}

/** Bundles `session-worker.ts`, because Node 20 cannot run TypeScript. */
export async function buildWorkerProgram(): Promise<WorkerProgram> {
  const folder = mkdtempSync(join(tmpdir(), 'ping14c-worker-'));
  const program = join(folder, 'session-worker.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('session-worker.ts', import.meta.url))],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // As in the real build: what is not needed is not loaded, and need not be found from here.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'error',
  });
  const running = new Set<ChildProcess>();
  return {
    start: (task, env) => {
      const child = spawn(process.execPath, [program, JSON.stringify(task)], {
        stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
        // Where `require` finds the keychain's binding from a temporary folder.
        env: { ...(env ?? process.env), NODE_PATH: fileURLToPath(new URL('../../node_modules', import.meta.url)) },
      });
      running.add(child);
      child.once('exit', () => running.delete(child));
      return workerOf(child);
    },
    remove: () => {
      for (const child of running) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function workerOf(child: ReturnType<typeof spawn>): Worker {
  let [stdout, stderr] = ['', ''];
  const lookers = new Set<() => void>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const look of [...lookers]) look();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return {
    child,
    said: (line) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!`\n${stdout}`.includes(`\n${line}\n`)) return;
          lookers.delete(look);
          resolve();
        };
        lookers.add(look);
        child.once('exit', () => reject(new Error(`it ended without saying "${line}": ${stdout}${stderr}`)));
        look();
      }),
    proceed: () => void child.stdin?.write('go\n'),
    slept: new Promise((resolve) => {
      child.once('message', (slept) => resolve(slept as Slept));
    }),
    ended: new Promise((resolve) => {
      child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
    }),
  };
}
