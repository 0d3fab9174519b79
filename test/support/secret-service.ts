import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countReplies } from '../../src/session/secret-service.ts';

/** A session bus of the test's own, real or not, and the environment in which programs find it and nothing else. */
export interface SessionBus {
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Why the real ones cannot run here; `undefined` when they can, and in CI, where they must. */
export function whyNoSecretService(): string | undefined {
  if (process.env['CI']) return undefined;
  if (process.platform !== 'linux') return 'needs Linux';
  const missing = ['dbus-daemon', 'gnome-keyring-daemon'].filter((program) => !isInstalled(program));
  return missing.length > 0 ? `needs ${missing.join(' and ')}` : undefined;
}

/**
 * A real bus with, on it: an unlocked gnome-keyring; one whose keyring is locked and that has no way to ask; nothing; or a
 * program that owns the Secret Service's name and never answers (`black hole`), or answers a ping only (`half dead`).
 */
export async function realBus(
  service: 'unlocked' | 'locked' | 'none' | 'black hole' | 'half dead',
): Promise<SessionBus> {
  const folder = mkdtempSync(join(tmpdir(), 'ping14c-bus-'));
  const env = environmentIn(folder);
  const children: ChildProcess[] = [];
  const stop = async () => {
    for (const child of children.reverse()) await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const address = `unix:path=${join(folder, 'bus')}`;
  const configuration = join(folder, 'bus.conf');
  // Without service folders: nothing is started behind the test's back.
  writeFileSync(
    configuration,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>${address}</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`,
  );
  const daemon = spawn('dbus-daemon', ['--nofork', '--print-address', `--config-file=${configuration}`], {
    env: { ...env, PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(daemon);
  await firstOutput(daemon);
  const busEnv = { ...env, DBUS_SESSION_BUS_ADDRESS: address };
  if (service === 'unlocked' || service === 'locked') {
    // A keyring that does not exist yet is made with the password it is unlocked with.
    children.push(await keyring(busEnv));
    if (service === 'locked') {
      await end(children.pop());
      children.push(await keyring(busEnv, 'locked'));
    }
  }
  if (service === 'black hole' || service === 'half dead') {
    const socket = await ownSecretsName(join(folder, 'bus'), service === 'half dead');
    return {
      env: busEnv,
      stop: async () => {
        socket.destroy();
        await stop();
      },
    };
  }
  return { env: busEnv, stop };
}

/** Something at the bus's address that is no bus: it says nothing, refuses, falls silent after signing on, or hangs up. */
export async function falseBus(manner: 'mute' | 'refuses' | 'falls silent' | 'hangs up'): Promise<SessionBus> {
  const folder = mkdtempSync(join(tmpdir(), 'ping14c-bus-'));
  const path = join(folder, 'bus');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    if (manner === 'hangs up') socket.end();
    socket.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      if (manner === 'refuses') socket.write('REJECTED EXTERNAL\r\n');
      if (manner !== 'falls silent') return;
      if (text.includes('AUTH')) socket.write('OK 0123456789abcdef0123456789abcdef\r\n');
      if (text.includes('NEGOTIATE_UNIX_FD')) socket.write('AGREE_UNIX_FD\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    env: { ...environmentIn(folder), DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function environmentIn(folder: string): Record<string, string> {
  const at = (name: string) => join(folder, name);
  for (const name of ['home', 'data', 'run', 'config']) mkdirSync(at(name), { mode: 0o700 });
  return { HOME: at('home'), XDG_DATA_HOME: at('data'), XDG_RUNTIME_DIR: at('run'), XDG_CONFIG_HOME: at('config') };
}

async function keyring(env: Readonly<Record<string, string>>, locked?: 'locked'): Promise<ChildProcess> {
  const options = ['--foreground', '--components=secrets', ...(locked ? [] : ['--unlock'])];
  const child = spawn('gnome-keyring-daemon', options, {
    env: { ...env, PATH: process.env['PATH'] ?? '' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin?.end('a password of the test');
  await nameOwned(env, 'org.freedesktop.secrets');
  return child;
}

/** Resolves when somebody on the bus has taken the name. */
async function nameOwned(env: Readonly<Record<string, string>>, name: string): Promise<void> {
  const waiting = spawn('gdbus', ['wait', '--session', name], {
    env: { ...env, PATH: process.env['PATH'] ?? '' },
    stdio: 'ignore',
  });
  const [exitCode] = await once(waiting, 'exit');
  if (exitCode !== 0) throw new Error(`nobody took the name ${name}`);
}

/** Signs on to the bus, takes the Secret Service's name, and from then on answers nothing, or pings only. */
async function ownSecretsName(path: string, answersPings: boolean): Promise<Socket> {
  const { connect } = await import('node:net');
  const socket = connect({ path });
  const user = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex');
  socket.write(`\0AUTH EXTERNAL ${user}\r\n`);
  let received = Buffer.alloc(0);
  let signedOn = false;
  await new Promise<void>((resolve) => {
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (!signedOn && received.includes('\r\n')) {
        signedOn = true;
        received = received.subarray(received.indexOf('\r\n') + 2);
        socket.write(Buffer.concat([Buffer.from('BEGIN\r\n'), busCall(1, 'Hello'), requestName(2)]));
        return;
      }
      if (signedOn && countReplies(received) >= 2) resolve();
      if (answersPings && bytes.includes('Ping')) socket.write(pong(bytes));
    });
  });
  return socket;
}

function busCall(serial: number, member: string, signature = '', body: Buffer = Buffer.alloc(0)): Buffer {
  return message(1, serial, body, [
    textField(1, 'o', '/org/freedesktop/DBus'),
    textField(2, 's', 'org.freedesktop.DBus'),
    textField(3, 's', member),
    textField(6, 's', 'org.freedesktop.DBus'),
    ...(signature ? [Buffer.from([8, 1, 0x67, 0, signature.length, ...Buffer.from(signature), 0])] : []),
  ]);
}

function requestName(serial: number): Buffer {
  const name = 'org.freedesktop.secrets';
  const body = Buffer.alloc(4 + name.length + 1 + 8);
  body.writeUInt32LE(name.length);
  body.write(name, 4);
  return busCall(serial, 'RequestName', 'su', body.subarray(0, Math.ceil((4 + name.length + 1) / 4) * 4 + 4));
}

/** The reply to the call in these bytes: its serial, and its sender (`:1.n`) as destination. */
function pong(call: Buffer): Buffer {
  const replySerial = Buffer.from([5, 1, 0x75, 0, 0, 0, 0, 0]);
  replySerial.writeUInt32LE(call.readUInt32LE(8), 4);
  const sender = /:1\.\d+/.exec(call.toString('latin1'))?.[0] ?? '';
  return message(2, 3, Buffer.alloc(0), [replySerial, textField(6, 's', sender)]);
}

function message(type: number, serial: number, body: Buffer, fields: readonly Buffer[]): Buffer {
  const list = fields.reduce((all, field) => Buffer.concat([padded(all), field]), Buffer.alloc(0));
  const start = Buffer.alloc(16);
  start.set([0x6c, type, 0, 1]);
  start.writeUInt32LE(body.length, 4);
  start.writeUInt32LE(serial, 8);
  start.writeUInt32LE(list.length, 12);
  return Buffer.concat([padded(Buffer.concat([start, list])), body]);
}

function textField(code: number, signature: 'o' | 's', text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([Buffer.from([code, 1, signature.charCodeAt(0), 0]), length, Buffer.from(`${text}\0`)]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
}

function isInstalled(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function firstOutput(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${child.spawnfile} ended with ${code}`)));
  });
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
