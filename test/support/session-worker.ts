import { Failure } from '../../src/errors.ts';
import { subfolder } from '../../src/files/own-folder.ts';
import { nodeRuntime } from '../../src/machine/node-runtime.ts';
import { createFileStore } from '../../src/session/file-store.ts';
import { freshSession } from '../../src/session/fresh-session.ts';
import { createKeychainStore } from '../../src/session/keychain-store.ts';
import type { ExpectedSession, SessionIdentity } from '../../src/session/session.ts';
import { withSessionLock } from '../../src/session/session-lock.ts';
import { clearSession } from '../../src/session/stored-session.ts';
import { stateFolderAt } from './own-folders.ts';

/** What a process of its own is to do; see `session-processes.ts`. */
export type Task = {
  readonly stateFolder: string;
} & (
  | {
      readonly kind: 'fresh';
      readonly identity: ExpectedSession;
      readonly tokenUrl: string;
      /** Says `paused` there and stays, to be killed or stopped; after SIGCONT it goes on when it reads a line. */
      readonly pauseAt?: 'locked' | 'answered' | 'written';
    }
  | { readonly kind: 'clear'; readonly identity: SessionIdentity }
  /** Reads an item of the real keychain, or writes one first. */
  | {
      readonly kind: 'keychain';
      readonly account: string;
      readonly text?: string;
      /** Waits for an answer for as long as it takes. */
      readonly patient: boolean;
    }
  /** Writes a hundred thousand `a` and as many `b` in turn until it is killed. */
  | { readonly kind: 'rewrite'; readonly account: string }
  | { readonly kind: 'hold'; readonly name: string }
  | { readonly kind: 'count'; readonly name: string; readonly file: string; readonly times: number }
);

/** What it slept for: because somebody else was at work, or because nobody answered. */
export interface Slept {
  pauses: number;
  limits: number;
}

const task = JSON.parse(process.argv[2] ?? '') as Task;
/** What it has slept to the end, in milliseconds; how long that took on this machine is nobody's affair. */
const slept: Slept = { pauses: 0, limits: 0 };
const real = nodeRuntime();
const runtime: typeof real = {
  ...real,
  sleep: async (ms, signal) => {
    if (task.kind === 'keychain' && task.patient) return new Promise(() => {});
    await real.sleep(ms, signal);
    slept[signal === real.signal ? 'pauses' : 'limits'] += ms;
  },
};
const stateFolder = stateFolderAt(task.stateFolder);
const sessionsFolder = subfolder(stateFolder, 'sessions');

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function pause(): Promise<void> {
  const line = new Promise((resolve) => process.stdin.once('data', resolve));
  say('paused');
  await line;
  process.stdin.pause();
}

async function perform(): Promise<void> {
  const { readFile, writeFile } = await import('node:fs/promises');
  switch (task.kind) {
    case 'fresh': {
      const files = createFileStore(sessionsFolder, undefined, runtime.now);
      const pauseAt = async (point: string) => (task.pauseAt === point ? pause() : undefined);
      const store: typeof files = {
        ...files,
        write: async (account, text) => {
          await files.write(account, text);
          await pauseAt('written');
        },
      };
      const session = await freshSession(
        { runtime, store, stateFolder, way: [] },
        task.identity,
        async ({ tokens }) => {
          await pauseAt('locked');
          const response = await fetch(task.tokenUrl, { method: 'POST', body: tokens.refreshToken });
          if (!response.ok) {
            const failure = new Failure('signInNeeded', 'The refresh token is dead.', { code: 'invalid_grant' });
            return { kind: 'dead', failure };
          }
          const answer = (await response.json()) as { accessToken: string; refreshToken: string; expiresAt: number };
          await pauseAt('answered');
          return { kind: 'renewed', tokens: answer };
        },
      );
      say(session.tokens.accessToken);
      return;
    }
    case 'clear': {
      const store = createFileStore(sessionsFolder, undefined, runtime.now);
      say((await clearSession({ runtime, store, stateFolder }, task.identity)).kind);
      return;
    }
    case 'keychain': {
      const store = createKeychainStore(runtime);
      if (task.text !== undefined) await store.write(task.account, task.text);
      say((await store.read(task.account)) ?? 'nothing there');
      return;
    }
    case 'rewrite': {
      const store = createFileStore(sessionsFolder, runtime.env['PING14C_STORE_PASSPHRASE'], runtime.now);
      for (let round = 0; ; round++) {
        await store.write(task.account, (round % 2 === 0 ? 'a' : 'b').repeat(100_000));
        say(`written ${round}`);
      }
    }
    case 'hold':
      await withSessionLock(task.name, { runtime, stateFolder }, async (lock) => {
        await pause();
        say(String(await lock.isHeld()));
      });
      return;
    case 'count':
      for (let done = 0; done < task.times; done++) {
        await withSessionLock(task.name, { runtime, stateFolder }, async () => {
          await writeFile(task.file, String(Number(await readFile(task.file, 'utf8')) + 1));
        });
      }
      return;
    default:
      task satisfies never;
  }
}

await perform().catch((error: unknown) => {
  say(error instanceof Failure ? `${error.kind} ${error.code}` : String(error));
  if (error instanceof Failure) process.stderr.write(`${error.message}\n${error.hint}\n`);
  process.exitCode = error instanceof Failure ? error.exitCode : 99;
});
process.send?.(slept);
process.disconnect?.();
// As bin/ping14c.js does: what a native binding still waits for must not keep the process.
setTimeout(() => process.exit(), 500).unref();
