// `npm run bench` times the built program: whole processes in a clean environment, interleaved, against `node -e 0`.
//   npm run bench -- --runs 5 token login     fewer runs, and only the rows whose name has one of these words
//
// Processor time is what counts: it says what the program does, whatever else keeps the machine busy. Nothing is asserted.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { createSandbox } from '../src/sandbox/sandbox.ts';
import { createUserAgent } from '../src/sandbox/user-agent.ts';
import { realBus, whyNoSecretService } from '../test/support/secret-service.ts';

/** What one run took; the times in milliseconds. */
interface Figures {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Of the largest process; absent for a part of a run. */
  readonly peakMb?: number;
}

interface Row {
  readonly name: string;
  readonly run: () => Promise<Readonly<Record<string, Figures>>>;
}

type Env = Readonly<Record<string, string>>;

const { values, positionals: words } = parseArgs({
  options: { runs: { type: 'string', default: '15' } },
  allowPositionals: true,
});
const program = resolve('bin/ping14c.js');
const folder = mkdtempSync(join(tmpdir(), 'ping14c-bench-'));
// What else is set, such as NODE_EXTRA_CA_CERTS (50 ms a start), would be measured as well.
const clean: Env = { PATH: process.env['PATH'] ?? '', HOME: join(folder, 'home') };
mkdirSync(clean['HOME'] ?? '');
const person = { username: 'ada', password: 'Analytical-Engine-1843' };

const sandbox = await createSandbox({ now: Date.now });
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, sandbox.certificate.cert);
const settings: Env = {
  ...clean,
  PING14C_ENVIRONMENT_ID: sandbox.environmentId,
  PING14C_AUTH_URL: sandbox.origin,
  PING14C_API_URL: sandbox.apiUrl,
  PING14C_CLIENT_ID: 'c0000000-0000-4000-8000-000000000001',
  PING14C_CA_FILE: caFile,
  PING14C_STORE: 'file',
  PING14C_STATE_DIR: join(folder, 'state'),
  // A browser that opens nothing: the person sits in this process.
  BROWSER: 'true',
};
const noKeyring = whyNoSecretService();
const bus = noKeyring ? undefined : await realBus('unlocked');
const keychain: Env = { ...settings, ...bus?.env, PING14C_STORE: 'keychain' };

const rows: readonly Row[] = [
  { name: 'node -e 0', run: () => whole(clean, ['-e', '0']) },
  { name: '--version', run: () => whole(clean, [program, '--version']) },
  { name: '--help', run: () => whole(clean, [program, '--help']) },
  { name: 'Tab at -P', run: () => whole(clean, [program, '__complete', 'zsh', '--', '=', '-P']) },
  { name: 'status', run: () => whole(settings, [program, 'status']) },
  { name: 'token, file', run: () => whole(settings, [program, 'token']) },
  ...(bus ? [{ name: 'token, Secret Service', run: () => whole(keychain, [program, 'token']) }] : []),
  { name: '50 token at once', run: () => whole(settings, [program, 'token'], 50) },
  { name: '50 token at once, one refresh', run: () => whole(expired(settings), [program, 'token'], 50) },
  { name: 'whoami', run: () => whole(settings, [program, 'whoami']) },
  { name: 'login', run: () => login(settings) },
  { name: 'sandbox', run: () => sandboxReady() },
  { name: 'createSandbox', run: () => sandboxInProcess() },
];

try {
  await measure();
} finally {
  await bus?.stop();
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  if (spawnSync('python3', ['--version']).status !== 0) throw new Error('python3 is needed, to measure processes with');
  if (noKeyring) say(`Left out, token from a Secret Service: it ${noKeyring}.`);
  await login(settings);
  if (bus) await login(keychain);
  const chosen = rows.filter(({ name }, at) => at === 0 || !words.length || words.some((word) => name.includes(word)));
  const found = new Map<string, Figures[]>();
  const runs = Number(values.runs);
  // Once through before it counts: afterwards all files are in memory.
  for (let run = 0; run <= runs; run += 1) {
    for (const row of chosen) {
      const parts = Object.entries(await row.run());
      if (run === 0) continue;
      for (const [part, figures] of parts) {
        const name = part ? `${row.name}: ${part}` : row.name;
        found.set(name, [...(found.get(name) ?? []), figures]);
      }
    }
  }
  say(`Node ${process.version}, ${runs} runs each; first quartile / median; × is to the same of node -e 0\n`);
  say(table(found));
}

/** One process, or some at once, from its start to its end. */
async function whole(env: Env, argv: readonly string[], count = 1): Promise<Record<string, Figures>> {
  return { '': await start(env, argv, count).ended };
}

/** The whole of it, and of that the time until the browser is opened, and from its callback on. */
async function login(env: Env): Promise<Record<string, Figures>> {
  const started = start(env, [program, 'login']);
  const address = await started.said(/^https:\S+\/as\/authorize\?\S+$/m);
  const opened = started.soFar();
  let callback = opened;
  const agent = createUserAgent({
    trust: sandbox.certificate.cert,
    // The listener's is asked about just before the callback is sent there.
    acceptCertificate: () => {
      if (callback === opened) callback = started.soFar();
      return true;
    },
  });
  await agent.signIn(address, person);
  const ended = await started.ended;
  return { '': ended, 'until the browser': opened, 'callback to exit': difference(ended, callback) };
}

async function sandboxReady(): Promise<Record<string, Figures>> {
  const started = start(clean, [program, 'sandbox', '--port', '0']);
  await started.said(/Ctrl-C/);
  const ready = started.soFar();
  started.end();
  await started.ended;
  return { ready };
}

/** In a process that has just imported it: from the call on. */
async function sandboxInProcess(): Promise<Record<string, Figures>> {
  const script = `
    import { createSandbox } from 'ping14c/sandbox';
    const [cpu, wall] = [process.cpuUsage(), performance.now()];
    const sandbox = await createSandbox();
    const [{ user, system }, wallMs] = [process.cpuUsage(cpu), performance.now() - wall];
    await sandbox.close();
    console.log(JSON.stringify({ cpuMs: (user + system) / 1000, wallMs }));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], { env: clean });
  return { ready: JSON.parse(printed.toString()) as Figures };
}

/** The environment of a session whose access token has just ended. */
function expired(env: Env): Env {
  const sessions = join(env['PING14C_STATE_DIR'] ?? '', 'sessions');
  for (const name of readdirSync(sessions)) {
    const envelope = JSON.parse(readFileSync(join(sessions, name), 'utf8'));
    const session = JSON.parse(envelope.text);
    session.tokens.expiresAt = Date.now() - 1000;
    writeFileSync(join(sessions, name), JSON.stringify({ ...envelope, text: JSON.stringify(session) }));
  }
  return env;
}

function start(env: Env, argv: readonly string[], count = 1) {
  let startedAt = Number.NaN;
  const child: ChildProcess = spawn(
    'python3',
    [resolve('bench/measure.py'), String(count), process.execPath, ...argv],
    {
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
  let printed = '';
  const hear = (chunk: Buffer) => {
    printed += chunk;
  };
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', hear);
  let pids = '';
  const report = child.stdio[3] as NodeJS.ReadableStream;
  report.once('data', (chunk) => {
    startedAt = performance.now();
    pids = String(chunk).split('\n')[0] ?? '';
  });
  const ended = text(report).then((lines) => {
    const { exitCodes, ...figures } = JSON.parse(lines.trim().split('\n').at(-1) ?? '');
    if (exitCodes.some((code: number) => code !== 0 && code !== 143)) throw new Error(`${argv.at(-1)}: ${printed}`);
    return figures as Figures;
  });
  return {
    ended,
    /** What the process has used, as far as its threads live. */
    soFar: (): Figures => ({ wallMs: performance.now() - startedAt, cpuMs: cpuOf(pids) }),
    end: () => process.kill(Number(pids), 'SIGTERM'),
    /** Resolves with what it prints as soon as that matches. */
    said: (pattern: RegExp) =>
      new Promise<string>((resolve, reject) => {
        const look = () => pattern.test(printed) && resolve(pattern.exec(printed)?.[0] ?? '');
        for (const stream of [child.stdout, child.stderr]) stream?.on('data', look);
        child.once('close', () => reject(new Error(`It ended without saying ${pattern}: ${printed}`)));
      }),
  };
}

/** proc(5) has nanoseconds a thread; a process of another system has none that can be read while it runs. */
function cpuOf(pid: string): number {
  if (process.platform !== 'linux') return Number.NaN;
  const threads = readdirSync(`/proc/${pid}/task`);
  const spent = threads.map((id) => Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]));
  return spent.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
}

function difference(later: Figures, earlier: Figures): Figures {
  return { cpuMs: later.cpuMs - earlier.cpuMs, wallMs: later.wallMs - earlier.wallMs };
}

function table(found: ReadonlyMap<string, readonly Figures[]>): string {
  const [empty = []] = found.values();
  const columns = (['cpuMs', 'wallMs', 'peakMb'] as const).map((key) => {
    const of = (figures: readonly Figures[]) => quartiles(figures.map((run) => run[key] ?? Number.NaN));
    return (figures: readonly Figures[]) => {
      const [[first, median], [base]] = [of(figures), of(empty)];
      if (Number.isNaN(first)) return '';
      return `${first.toFixed(0)} / ${median.toFixed(0)}  ${(first / base).toFixed(2)}×`.padStart(20);
    };
  });
  const head = ['', 'processor ms', 'wall ms', 'peak MB'].map((title, at) =>
    at ? title.padStart(20) : title.padEnd(34),
  );
  const lines = [...found].map(([name, figures]) => [name.padEnd(34), ...columns.map((cell) => cell(figures))]);
  return [head, ...lines].map((cells) => cells.join('').trimEnd()).join('\n');
}

function quartiles(numbers: readonly number[]): readonly [first: number, median: number] {
  const sorted = [...numbers].sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return [at(0.25), at(0.5)];
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
