import { readFile } from 'node:fs/promises';

/** Tells a running process from another that has its number later. See `Runtime.processMark`. */
export async function processMark(pid: number): Promise<string | undefined> {
  return (await readProcStat('self')) === undefined ? markBySignal(pid) : markByProc(await readProcStat(pid));
}

/** proc(5): after the name in parentheses, which may hold anything, come the state and, nineteen fields on, the start time. */
function markByProc(stat: string | undefined): string | undefined {
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const [state, startedAt] = [fields[0], fields[19]];
  // A zombie has ended; only its parent has not asked yet.
  return state === 'Z' || state === 'X' ? undefined : startedAt;
}

/** Where there is no /proc, a signal that is none tells whether the process is there, not since when. */
function markBySignal(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    return 'running';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'running' : undefined;
  }
}

async function readProcStat(pid: number | 'self'): Promise<string | undefined> {
  return readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
}
