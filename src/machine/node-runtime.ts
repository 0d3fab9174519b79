import { homedir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Runtime } from '../runtime.ts';
import { terminalPrompt } from './prompt.ts';
import { quietTerminal } from './quiet-terminal.ts';

/** The real machine. Packages that touch it are behind `machine/`, each loaded when first needed. */
export function nodeRuntime(): Runtime {
  const { env, platform } = process;
  const streams = standardStreams();
  const ending = new AbortController();
  const enders = new Map<NodeJS.Signals, () => void>();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const end = () => {
      // The second time it ends the process the hard way.
      if (ending.signal.aborted) {
        process.off(name, end);
        terminal.restore();
        process.kill(process.pid, name);
      }
      ending.abort(name);
    };
    process.on(name, end);
    enders.set(name, end);
  }
  // Ours alone: packages that are loaded on the way listen too and kill the process at once, which leaves the terminal raw and
  // nothing cleaned up (conf by way of when-exit, inquirer by way of signal-exit). On Windows that even ends it with 1.
  const refuseOthers = (name: string | symbol, listener: () => void) => {
    const own = enders.get(name as NodeJS.Signals);
    // It is told before the listener is there. No signal comes between a task and its microtasks.
    if (own && own !== listener) queueMicrotask(() => process.off(name, listener));
  };
  process.on('newListener', refuseOthers);
  // As the terminal does: to all that runs in the foreground, such as the script that has started us.
  const raise = (name: NodeJS.Signals) => (platform === 'win32' ? enders.get(name)?.() : process.kill(0, name));
  const terminal = quietTerminal({ streams, platform, raise });
  return {
    get stdin() {
      return streams.stdin;
    },
    get stdout() {
      return streams.stdout;
    },
    get stderr() {
      return streams.stderr;
    },
    env,
    platform,
    startedBy: [process.execPath, process.argv[1] ?? ''],
    homeFolder: homeFolder(),
    processId: process.pid,
    userId: process.geteuid?.(),
    memory: new Map(),
    signal: ending.signal,
    now: () => Date.now(),
    sleep: (ms, signal) =>
      delay<void>(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
        throw signal?.aborted ? signal.reason : error;
      }),
    // Wrapped, because the first touch of the global `fetch` takes as long as a third of an empty start (measured on Node 20).
    fetch: (...request) => fetch(...request),
    authorities: async () => (await import('node:tls')).rootCertificates,
    openBrowser: async (url) => (await import('./browser.ts')).launchBrowser(url, { env, platform }),
    prompt: terminalPrompt(terminal, streams, env),
    keychain: async () => (await import('./keychain.ts')).systemKeychain(),
    processMark: async (pid) => (await import('./programs.ts')).processMark(pid, platform),
    runProgram: async (...call) => (await import('./programs.ts')).runProgram(...call, env),
    runAttached: async (...program) => {
      const { runAttached } = await import('./programs.ts');
      process.off('newListener', refuseOthers);
      for (const [name, end] of enders) process.off(name, end);
      try {
        return await runAttached(...program, { env, platform });
      } finally {
        for (const [name, end] of enders) process.on(name, end);
        process.on('newListener', refuseOthers);
      }
    },
  };
}

/**
 * The process's streams, each made when it is first asked for: Node takes a millisecond or two for one. A reader that went
 * away (EPIPE) is told to the writer by `write` itself, and a window that is closed by a signal; the event would end the
 * process with a stack.
 */
function standardStreams(): Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'> {
  const heard = new Set<object>();
  const listened = <T extends NodeJS.EventEmitter>(stream: T): T => {
    if (!heard.has(stream)) stream.on('error', () => {});
    heard.add(stream);
    return stream;
  };
  return {
    get stdin() {
      return listened(process.stdin);
    },
    get stdout() {
      return listened(process.stdout);
    },
    get stderr() {
      return listened(process.stderr);
    },
  };
}

/**
 * The person's home folder. An empty or relative HOME would make the current folder, which may be anybody's, the place of
 * settings and sessions: the user database is asked instead. Both throw where that does not know the user, as in a container
 * with an ID of its own, and whoever names the folders needs no home.
 */
function homeFolder(): string | undefined {
  for (const find of [homedir, () => userInfo().homedir]) {
    try {
      const folder = find();
      if (isAbsolute(folder)) return folder;
    } catch {}
  }
  return undefined;
}
