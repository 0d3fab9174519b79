import { X509Certificate } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import {
  type AddressInfo,
  connect as connectSocket,
  createServer,
  getDefaultAutoSelectFamilyAttemptTimeout,
  type Server,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { rootCertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ConnectionOptions, connect } from '../../src/http/connection.ts';
import { makeCertificate } from '../../src/loopback/certificate.ts';
import { nodeRuntime } from '../../src/machine/node-runtime.ts';
import type { Runtime } from '../../src/runtime.ts';
import { issueCertificate, makeAuthority, validityFrom } from '../../src/trust/authority.ts';
import { makeTrustedCertificate } from '../../src/trust/trusted-certificate.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    if ('closeAllConnections' in server) (server as unknown as { closeAllConnections(): void }).closeAllConnections();
  }
});

let folder: string;
let certificate: { readonly cert: string; readonly key: string };
let caFile: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ping14c-connection-'));
  certificate = makeCertificate({ now: Date.now(), days: 1 });
  caFile = join(folder, 'ca.pem');
});
beforeEach(() => writeFile(caFile, certificate.cert));
afterAll(() => rm(folder, { recursive: true, force: true }));

const machine = nodeRuntime();

function runtime(env: Runtime['env'] = {}, signal: AbortSignal = new AbortController().signal): Runtime {
  return { ...machine, env, signal };
}

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const http = (answer: RequestListener) => listening(createHttpServer(answer));
const https = (answer: RequestListener) => listening(createHttpsServer(certificate, answer));

async function send(url: string, options: Partial<ConnectionOptions> = {}, over = runtime(), init?: RequestInit) {
  return (await connect(over, { timeoutMs: 20_000, ...options }))(url, init);
}

describe('what is answered', () => {
  it('arrives whole, compressed or not', async () => {
    const port = await http((_, response) => {
      response.setHeader('content-encoding', 'gzip').end(gzipSync('{"answer":42}'));
    });
    expect(await (await send(`http://127.0.0.1:${port}/`)).json()).toEqual({ answer: 42 });
  });

  it.each([204, 205, 304])('may be nothing at all (%i)', async (status) => {
    const port = await http((_, response) => void response.writeHead(status, { 'correlation-id': 'c-1' }).end());
    const answer = await send(`http://127.0.0.1:${port}/`);
    expect([answer.status, await answer.text(), answer.headers.get('correlation-id')]).toEqual([status, '', 'c-1']);
  });

  it('is read where it is a megabyte, and refused where it is a byte longer', async () => {
    const megabyte = 1024 * 1024;
    const port = await http(({ url }, response) => void response.end(Buffer.alloc(megabyte + Number(url?.slice(1)))));
    expect((await (await send(`http://127.0.0.1:${port}/0`)).arrayBuffer()).byteLength).toBe(megabyte);
    await expect(send(`http://127.0.0.1:${port}/1`)).rejects.toMatchObject({
      code: 'response_too_large',
      message: expect.stringContaining(`127.0.0.1:${port} answered with more than ${megabyte} bytes`),
      hint: expect.stringContaining('--auth-url and --api-url'),
    });
  });

  it('without an end is read no further than a megabyte, and its connection closed', async () => {
    const server = createHttpServer();
    const closed = new Promise<number>((resolve) => {
      server.once('request', (_, response: ServerResponse) => {
        let sent = 0;
        const more = () => {
          while (!response.destroyed && sent < 64 * 1024 * 1024) {
            sent += 65_536;
            if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', more);
          }
        };
        response.once('close', () => resolve(sent));
        more();
      });
    });
    await expect(send(`http://127.0.0.1:${await listening(server)}/`)).rejects.toMatchObject({
      code: 'response_too_large',
    });
    expect(await closed).toBeLessThan(64 * 1024 * 1024);
  });

  it.each([301, 302, 307, 308])('is not followed to another place (%i), so that no body goes there', async (status) => {
    let elsewhere = 0;
    const other = await http((_, response) => {
      elsewhere += 1;
      response.end();
    });
    const port = await http((_, response) => {
      response.writeHead(status, { location: `http://127.0.0.1:${other}/` }).end();
    });
    const response = await send(`http://127.0.0.1:${port}/`, {}, runtime(), { method: 'PUT', body: 'secret' });
    expect([response.status, elsewhere]).toEqual([status, 0]);
  });

  // An end, and nothing of the answer in the assertion: without the limit these end as fast.
  it('is not read past a megabyte, counted after decompression', async () => {
    const port = await http((_, response) => {
      response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(4 * 1024 * 1024)));
    });
    const status = send(`http://127.0.0.1:${port}/`).then((answer) => answer.status);
    await expect(status).rejects.toMatchObject({ kind: 'failed', code: 'response_too_large' });
  });

  it('is left where it is past a megabyte: the server is told to stop', async () => {
    const served = new EventEmitter();
    // More than the buffers between the two hold.
    const pieces = 512;
    let taken = 0;
    const body = function* () {
      for (; taken < pieces; taken++) yield Buffer.alloc(64 * 1024);
    };
    const port = await http((_, response) => {
      pipeline(Readable.from(body()), response, () => served.emit('end'));
    });
    const end = once(served, 'end');
    const status = send(`http://127.0.0.1:${port}/`).then((answer) => answer.status);
    await expect(status).rejects.toMatchObject({ kind: 'failed', code: 'response_too_large' });
    await end;
    expect(taken).toBeLessThan(pieces);
  });

  it('has no headers without end', async () => {
    const port = await listening(
      createServer((socket) => {
        socket.on('error', () => {});
        socket.write(`HTTP/1.1 200 OK\r\n${`x: ${'y'.repeat(1_000)}\r\n`.repeat(100)}`);
        socket.end('content-length: 0\r\n\r\n');
      }),
    );
    const status = send(`http://127.0.0.1:${port}/`).then((answer) => answer.status);
    await expect(status).rejects.toMatchObject({ kind: 'unreachable', code: 'network' });
  });

  it.each([
    ['brackets', ' [[', ']]'],
    ['objects', '{"a":', '}'],
    ['an unfinished text', '[{"\\"":', ''],
  ])('is not read where JSON nests 20,000 deep (%s)', async (_name, open, close) => {
    const port = await http((_, response) => response.end(`${open.repeat(20_000)}1${close.repeat(20_000)}`));
    await expect(send(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      kind: 'failed',
      code: 'response_too_deep',
      message: expect.stringContaining(`127.0.0.1:${port} answered`),
      hint: expect.stringContaining('--auth-url and --api-url'),
    });
  });

  it.each([
    ['a page', `<script>${'{'.repeat(1_000)}</script>`],
    ['a text in JSON', JSON.stringify({ text: `\\"${'['.repeat(1_000)}` })],
    ['a long list', JSON.stringify(Array.from({ length: 1_000 }, () => ({})))],
  ])('may have as many brackets as it likes in %s', async (_name, body) => {
    const port = await http((_, response) => response.end(body));
    expect(await (await send(`http://127.0.0.1:${port}/`)).text()).toBe(body);
  });
});

describe('a refusal that repeats the secrets of its request', () => {
  const form = { refresh_token: 'opaque/refresh+token', scope: 'openid profile', client_secret: 'p ä s s w o r t' };
  const init = {
    method: 'POST',
    body: new URLSearchParams(form),
    headers: { authorization: 'Basic Y2xpZW50OnNlY3JldA==' },
  };

  async function repeated(status: number) {
    const port = await http((request, response) => {
      const words = `${form.refresh_token}, ${form.client_secret}, ${request.headers.authorization}, ${form.scope}, ü`;
      request.pipe(response.writeHead(status, { 'correlation-id': form.refresh_token }));
      response.write(`${words} `);
    });
    const response = await send(`http://127.0.0.1:${port}/`, {}, runtime(), init);
    return { body: await response.text(), id: response.headers.get('correlation-id') };
  }

  it.each([400, 401, 503])('comes without them (%i)', async (status) => {
    const hidden = '[redacted]';
    expect(await repeated(status)).toEqual({
      body: `${hidden}, ${hidden}, Basic ${hidden}, ${form.scope}, ü refresh_token=${hidden}&scope=openid+profile&client_secret=${hidden}`,
      id: hidden,
    });
  });

  it('comes without them where the answer is a page or JSON, which write them otherwise', async () => {
    const port = await http((_, response) => {
      const page = '<p>opaque&#x2F;refresh&#43;token</p>';
      response.writeHead(400).end(JSON.stringify({ page, slashes: 'opaque/refresh+token' }).replaceAll('/', '\\/'));
    });
    const response = await send(`http://127.0.0.1:${port}/`, {}, runtime(), init);
    expect(await response.json()).toEqual({ page: '<p>[redacted]</p>', slashes: '[redacted]' });
  });

  it.each([
    ['a form that is a text', { body: 'code=abcdefgh&token=abcdefg&scope=scope-of-it' }],
    ['a form', { body: new URLSearchParams({ code: 'abcdefgh', token: 'abcdefg', scope: 'scope-of-it' }) }],
  ])('comes without what has eight characters, and with what may be a word: %s', async (_, { body }) => {
    const port = await http((_, response) => void response.writeHead(400).end('abcdefgh: abcdefg, scope-of-it'));
    const response = await send(`http://127.0.0.1:${port}/`, {}, runtime(), { method: 'POST', body });
    expect(await response.text()).toBe('[redacted]: abcdefg, scope-of-it');
  });

  it('is no refusal where the request was granted: the same refresh token may come back', async () => {
    expect((await repeated(200)).body).toContain(form.refresh_token);
  });
});

describe('what hides the way is told apart', () => {
  it('nothing listens there', async () => {
    const server = createServer();
    const port = await listening(server);
    server.close();
    await expect(send(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      kind: 'unreachable',
      code: 'connection_refused',
    });
  });

  it('the name is nobody’s', async () => {
    await expect(send('https://no-such-host.invalid/')).rejects.toMatchObject({
      kind: 'unreachable',
      code: 'dns',
      message: expect.stringContaining('no-such-host.invalid'),
    });
  });

  it('the certificate is not trusted', async () => {
    const port = await https((_, response) => void response.end());
    await expect(send(`https://127.0.0.1:${port}/`)).rejects.toMatchObject({
      kind: 'unreachable',
      code: 'tls',
      hint: expect.stringContaining('--ca-file'),
    });
  });

  it('the server says something that is not HTTP', async () => {
    const port = await listening(createServer((socket) => void socket.end('SSH-2.0-OpenSSH\r\n')));
    await expect(send(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ kind: 'unreachable', code: 'network' });
  });

  it('no answer comes in time, even when it has begun', async () => {
    const begun = new EventEmitter();
    const port = await http((_, response) => void response.writeHead(200).write('half', () => begun.emit('begun')));
    const limits: number[] = [];
    const sleep: Runtime['sleep'] = async (ms) => {
      limits.push(ms);
      await once(begun, 'begun');
    };
    const sent = send(`http://127.0.0.1:${port}/`, { timeoutMs: 30_000 }, { ...runtime(), sleep });
    await expect(sent).rejects.toMatchObject({
      kind: 'unreachable',
      code: 'timeout',
      message: expect.stringContaining('within 30 seconds'),
    });
    expect(limits).toEqual([30_000]);
  });

  it('there is no proxy where one should be', async () => {
    const closed = createHttpServer();
    const port = await listening(closed);
    await new Promise((resolve) => closed.close(resolve));
    for (const HTTPS_PROXY of [`http://127.0.0.1:${port}`, 'http://proxy.invalid:3128']) {
      await expect(send('https://auth.pingone.invalid/', {}, runtime({ HTTPS_PROXY }))).rejects.toMatchObject({
        code: 'proxy',
        message: expect.stringContaining('The proxy on the way to auth.pingone.invalid cannot be reached'),
        hint: expect.stringContaining('HTTPS_PROXY'),
      });
    }
  });

  it('the proxy refuses', async () => {
    const proxy = createHttpServer();
    proxy.on('connect', (_, socket) => void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
    const port = await listening(proxy);
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
    await expect(send('https://auth.pingone.invalid/', {}, runtime(env))).rejects.toMatchObject({
      kind: 'unreachable',
      code: 'proxy',
      hint: expect.stringContaining('HTTPS_PROXY'),
    });
  });
});

it('goes by the fetch of the machine where neither a proxy nor a CA file is named', async () => {
  const over = { ...runtime(), fetch: async () => new Response('own') };
  expect(await (await send('https://auth.pingone.invalid/', {}, over)).text()).toBe('own');
});

describe('a host with several addresses', () => {
  // The network of a test has no slow address. Node's own figure is 250, and less than a satellite's way there and back.
  it('has more than a second for each, with and without a CA file of one’s own', async () => {
    for (const options of [{}, { caFile }]) {
      await connect(runtime(), { timeoutMs: 30_000, ...options });
      expect(getDefaultAutoSelectFamilyAttemptTimeout()).toBeGreaterThan(1_000);
    }
  });
});

describe('a proxy that hangs up without an answer', () => {
  it('is asked once, and told as what it is', async () => {
    let connections = 0;
    const proxy = createServer((socket) => {
      connections += 1;
      socket.on('error', () => {});
      socket.once('data', () => socket.end());
    });
    const HTTPS_PROXY = `http://127.0.0.1:${await listening(proxy)}`;
    await expect(send('https://auth.pingone.invalid/', {}, runtime({ HTTPS_PROXY }))).rejects.toMatchObject({
      kind: 'unreachable',
      code: 'proxy',
      message: expect.stringContaining('the proxy closed the connection'),
    });
    expect(connections).toBe(1);
  });

  it('in the middle of a session is asked once for each request', async () => {
    const named = makeCertificate({ hosts: ['auth.example.test'], now: Date.now(), days: 1 });
    await writeFile(caFile, named.cert);
    // Ends each connection with its answer, so that each request asks for a tunnel of its own.
    const server = createHttpsServer(
      named,
      (_, response) => void response.setHeader('connection', 'close').end('hello'),
    );
    const port = await listening(server);
    let tunnels = 0;
    const proxy = createHttpServer();
    proxy.on('connect', (_, socket) => {
      socket.on('error', () => {});
      tunnels += 1;
      if (tunnels > 1) return void socket.end();
      const server = connectSocket(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      server.on('error', () => {});
      socket.pipe(server).pipe(socket);
    });
    const HTTPS_PROXY = `http://127.0.0.1:${await listening(proxy)}`;
    const fetch = await connect(runtime({ HTTPS_PROXY }), { caFile, timeoutMs: 30_000 });
    expect(await (await fetch('https://auth.example.test/')).text()).toBe('hello');
    await expect(fetch('https://auth.example.test/')).rejects.toMatchObject({
      code: 'proxy',
      message: expect.stringContaining('the proxy closed the connection'),
    });
    expect(tunnels).toBe(2);
  });
});

describe('an authority of one’s own', () => {
  it('is trusted when named', async () => {
    const port = await https((_, response) => void response.end('welcome'));
    expect(await (await send(`https://127.0.0.1:${port}/`, { caFile })).text()).toBe('welcome');
  });

  it('is trusted beside those of the platform, and takes the place of none', async () => {
    const validity = validityFrom(Date.now());
    const other = makeAuthority(validity);
    const vouched = issueCertificate(other, validity, ['127.0.0.1']);
    const theirs = await listening(createHttpsServer(vouched, (_, response) => void response.end('theirs')));
    const own = await https((_, response) => void response.end('own'));
    const over = { ...runtime(), authorities: async () => [other.cert] };
    const answers = [theirs, own].map((port) => send(`https://127.0.0.1:${port}/`, { caFile }, over));
    expect(await Promise.all(answers.map(async (answer) => (await answer).text()))).toEqual(['theirs', 'own']);
    expect(await machine.authorities()).toEqual(rootCertificates);
  });

  it('is trusted through a proxy too; NO_PROXY goes around it, and so does loopback by itself', async () => {
    const named = makeCertificate({ hosts: ['auth.example.test'], now: Date.now(), days: 1 });
    await writeFile(caFile, named.cert);
    const port = await listening(createHttpsServer(named, (_, response) => void response.end('welcome')));
    const proxied: string[] = [];
    const proxy = createHttpServer();
    proxy.on('connect', (request, socket) => {
      proxied.push(request.url ?? '');
      const target = connectSocket(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        target.pipe(socket).pipe(target);
      });
      for (const end of [target, socket]) end.on('error', () => end.destroy());
    });
    const HTTPS_PROXY = `http://127.0.0.1:${await listening(proxy)}`;
    const answer = await send('https://auth.example.test/', { caFile }, runtime({ HTTPS_PROXY }));
    expect(await answer.text()).toBe('welcome');
    const NO_PROXY = 'auth.example.test';
    await expect(
      send('https://auth.example.test/', { caFile }, runtime({ HTTPS_PROXY, NO_PROXY })),
    ).rejects.toMatchObject({
      code: 'dns',
    });
    await expect(send(`https://127.0.0.1:${port}/`, { caFile }, runtime({ HTTPS_PROXY }))).rejects.toMatchObject({
      code: 'tls',
    });
    expect(proxied).toEqual(['auth.example.test:443']);
  });

  it.each([
    [3, /is not valid yet: the clock of this machine shows /],
    [-3, /has expired: the clock of this machine shows /],
  ])('that begins %i days from now speaks of the clock first', async (days, says) => {
    const other = makeCertificate({ now: Date.now() + days * 86_400_000, days: 1 });
    await writeFile(caFile, other.cert);
    const port = await listening(createHttpsServer(other, (_, response) => void response.end()));
    await expect(send(`https://127.0.0.1:${port}/`, { caFile })).rejects.toMatchObject({
      code: 'tls',
      message: expect.stringMatching(says),
      hint: expect.stringMatching(/^Check the clock first\./),
    });
  });

  it('may be in a DER file, as Windows exports it', async () => {
    const port = await https((_, response) => void response.end('welcome'));
    await writeFile(caFile, new X509Certificate(certificate.cert).raw);
    expect(await (await send(`https://127.0.0.1:${port}/`, { caFile })).text()).toBe('welcome');
  });

  it('in NODE_EXTRA_CA_CERTS counts beside --ca-file, and --ca-file beside it', async () => {
    const port = await https((_, response) => void response.end('welcome'));
    const another = join(folder, 'another.pem');
    // Of another name: of two with the same OpenSSL looks at the first only.
    await writeFile(another, makeTrustedCertificate(Date.now()).authority.cert);
    const url = `https://127.0.0.1:${port}/`;
    for (const [given, extra] of [
      [another, caFile],
      [caFile, another],
    ]) {
      const answer = await send(url, { caFile: given }, runtime({ NODE_EXTRA_CA_CERTS: extra }));
      expect(await answer.text()).toBe('welcome');
    }
    await expect(send(url, { caFile: another }, runtime({ NODE_EXTRA_CA_CERTS: another }))).rejects.toMatchObject({
      code: 'tls',
    });
  });

  it('in NODE_EXTRA_CA_CERTS that cannot be read is told by that name', async () => {
    const env = { NODE_EXTRA_CA_CERTS: join(folder, 'none.pem') };
    await expect(send('https://127.0.0.1/', { caFile }, runtime(env))).rejects.toMatchObject({
      code: 'ca_file_unreadable',
      hint: expect.stringMatching(/NODE_EXTRA_CA_CERTS/),
    });
  });

  it('must be readable', async () => {
    await expect(send('https://127.0.0.1/', { caFile: join(folder, 'none.pem') })).rejects.toMatchObject({
      kind: 'usage',
      code: 'ca_file_unreadable',
      message: expect.stringContaining('none.pem'),
      hint: expect.stringMatching(/--ca-file or PING14C_CA_FILE/),
    });
  });

  it('must be a certificate', async () => {
    const file = join(folder, 'text.pem');
    await writeFile(file, 'not a certificate');
    await expect(send('https://127.0.0.1/', { caFile: file })).rejects.toMatchObject({
      kind: 'usage',
      code: 'ca_file_unreadable',
    });
  });
});

it('ends at once when the person presses Ctrl-C', async () => {
  const ending = new AbortController();
  const port = await http(() => ending.abort('SIGINT'));
  await expect(send(`http://127.0.0.1:${port}/`, {}, runtime({}, ending.signal))).rejects.toBe('SIGINT');
});

it('ends when whoever asked does not wait any more', async () => {
  const asked = new AbortController();
  const port = await http(() => asked.abort('enough'));
  const sent = send(`http://127.0.0.1:${port}/`, {}, runtime(), { signal: asked.signal });
  await expect(sent).rejects.toBe('enough');
});

it('traces what it asked for in vain', async () => {
  const lines: string[] = [];
  const port = await http((_, response) => void response.destroy());
  const trace = (line: string) => void lines.push(line);
  const sent = send(`http://127.0.0.1:${port}/as/token`, { trace }, runtime(), { method: 'POST', body: 'a=b' });
  await expect(sent).rejects.toMatchObject({ code: 'network' });
  expect(lines).toEqual([expect.stringMatching(/^POST http:\/\/127\.0\.0\.1:\d+\/as\/token → .+ after \d{1,5} ms$/)]);
});

it('traces where it went and what came back', async () => {
  const lines: string[] = [];
  const port = await http((_, response) => void response.writeHead(418).end());
  await send(`http://127.0.0.1:${port}/as/token`, { trace: (line) => void lines.push(line) });
  expect(lines).toEqual([expect.stringMatching(/^GET http:\/\/127\.0\.0\.1:\d+\/as\/token → 418 in \d{1,5} ms$/)]);
});
