import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCertificate } from '../../src/loopback/certificate.ts';
import type { Listener, Notice } from '../../src/loopback/listener.ts';
import { parseRedirectUri, withPort } from '../../src/loopback/listener.ts';
import { outcomePage, plainHttpPage, redirectTo } from '../../src/loopback/pages.ts';
import { freePort } from '../support/free-port.ts';
import {
  type Asked,
  ask,
  certificate,
  follow,
  type Given,
  impatient,
  listening,
  machine,
  state,
} from '../support/listening.ts';
import { opensslIsAbsent } from '../support/openssl.ts';

const open: Listener[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((listener) => listener.close()));
  for (const socket of sockets.splice(0)) socket.destroy();
});

async function started(given?: Given, runtime?: typeof machine): Promise<Listener> {
  const listener = await listening(given, runtime);
  open.push(listener);
  return listener;
}

const success = {
  kind: 'success',
  person: 'Maria Huber',
  facts: [{ label: 'Email', value: 'maria@example.com' }],
  next: [],
} as const;

describe('a sign-in that works', () => {
  it('yields the whole callback URL, and the browser ends on a page without the code that names the person', async () => {
    const listener = await started();
    const sent = `${listener.redirectUri}?code=a%2Bb&state=${state}&iss=https%3A%2F%2Fexample.com`;
    const answer = await ask(sent);
    expect((await listener.callback).href).toBe(sent);
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toMatch(/^\/result\/[\w-]{22}$/);
    expect(answer.headers).toMatchObject(redirectTo(String(answer.headers.location)).headers);
    const page = follow(listener.redirectUri, answer);
    await listener.finish(success);
    expect((await page).status).toBe(200);
    expect((await page).headers).toMatchObject(outcomePage(success).headers);
    expect((await page).body).toContain('Maria Huber');
    expect((await page).body).toContain('maria@example.com');
  });

  it('shows nothing before the outcome is known, and then what is true', async () => {
    const listener = await started();
    const answer = await ask(`${listener.redirectUri}?code=c&state=${state}`);
    const page = follow(listener.redirectUri, answer);
    // A whole other request goes through meanwhile: had the page been sent, it would have come first.
    const first = await Promise.race([page, ask(listener.redirectUri, { target: '/favicon.ico' })]);
    expect(first.status).toBe(404);
    await listener.finish({ kind: 'failure', message: 'The keychain is locked.', hint: 'Unlock it.' });
    expect((await page).body).toContain('The keychain is locked.');
    expect((await page).body).not.toContain('signed in');
  });

  it('gives up on a browser that never fetches its page within a second', async () => {
    const waited: number[] = [];
    const listener = await started({}, { ...machine, sleep: async (ms) => void waited.push(ms) });
    await ask(`${listener.redirectUri}?code=c&state=${state}`);
    await listener.finish(success);
    await listener.close();
    expect(waited).toEqual([expect.toSatisfy((ms: number) => ms < 1000)]);
  });

  it('passes an error of the server on when it carries our state', async () => {
    const listener = await started({}, impatient);
    await ask(`${listener.redirectUri}?error=access_denied&state=${state}`);
    expect((await listener.callback).searchParams.get('error')).toBe('access_denied');
  });

  it.each([
    ['https://127.0.0.1/callback', /^https:\/\/127\.0\.0\.1:\d+\/callback$/],
    ['https://localhost/signed-in', /^https:\/\/localhost:\d+\/signed-in$/],
    ['https://[::1]/callback', /^https:\/\/\[::1\]:\d+\/callback$/],
    ['http://127.0.0.1/callback', /^http:\/\/127\.0\.0\.1:\d+\/callback$/],
    ['http://localhost', /^http:\/\/localhost:\d+$/],
  ])('listens for %s on a free port', async (redirectUri, expected) => {
    const listener = await started({ redirectUri }, impatient);
    expect(listener.redirectUri).toMatch(expected);
    expect((await ask(`${listener.redirectUri}?code=c&state=${state}`)).status).toBe(303);
    expect((await listener.callback).searchParams.get('code')).toBe('c');
  });

  it('answers for localhost on both families', async () => {
    const listener = await started({ redirectUri: 'https://localhost/callback' });
    const { port, host } = new URL(listener.redirectUri);
    for (const address of ['127.0.0.1', '[::1]']) {
      const answer = await ask(`https://${address}:${port}/callback?code=c&state=wrong`, { headers: { host } });
      expect(answer.status).toBe(403);
    }
  });

  it('takes a posted answer where the server was asked to post it, and yields it as a fragment', async () => {
    const listener = await started({ responseMode: 'form_post' }, impatient);
    const answer = await ask(listener.redirectUri, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'null', 'sec-fetch-site': 'cross-site' },
      body: `id_token=a.b.c&access_token=t&state=${state}`,
    });
    expect(answer.status).toBe(303);
    expect((await listener.callback).hash).toBe(`#id_token=a.b.c&access_token=t&state=${state}`);
    expect((await listener.callback).search).toBe('');
  });

  it('serves the page that relays a fragment, and takes what that page posts', async () => {
    const listener = await started({ responseMode: 'fragment' }, impatient);
    const relay = await ask(listener.redirectUri);
    expect(relay.status).toBe(200);
    expect(relay.headers['content-security-policy']).toMatch(/script-src 'sha256-[^']+'; form-action 'self'/);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = `access_token=t&state=${state}`;
    // A page on another port of this host is of the same site, and no less foreign.
    for (const site of ['cross-site', 'same-site']) {
      const headers = { ...form, 'sec-fetch-site': site };
      expect((await ask(listener.redirectUri, { method: 'POST', headers, body })).status).toBe(403);
    }
    expect([...listener.refusals.reasons]).toEqual([['sent by another site', 2]]);
    await ask(listener.redirectUri, { method: 'POST', headers: { ...form, 'sec-fetch-site': 'same-origin' }, body });
    expect((await listener.callback).hash).toBe(`#${body}`);
  });
});

describe('what is not the callback is refused, and the sign-in goes on', () => {
  const maxFormBytes = 65_536;
  const ofBytes = (length: number) => `state=${state}&id_token=`.padEnd(length, 'x');
  const good = `/callback?code=c&state=${state}`;
  const cases: readonly (readonly [string, Asked, number])[] = [
    ['the favicon', { target: '/favicon.ico' }, 404],
    ['the root', { target: '/' }, 404],
    ['a longer path', { target: `/callback/?code=c&state=${state}` }, 404],
    ['a path of another case', { target: `/Callback?code=c&state=${state}` }, 404],
    ['a target with a host of its own', { target: `//127.0.0.1/callback?code=c&state=${state}` }, 404],
    ['an absolute target', { target: `https://127.0.0.1/callback?code=c&state=${state}` }, 404],
    ['HEAD', { method: 'HEAD', target: good }, 405],
    ['OPTIONS', { method: 'OPTIONS', target: good }, 405],
    ['POST where nothing is posted', { method: 'POST', target: good }, 405],
    ['another host', { target: good, headers: { host: 'evil.example' } }, 421],
    ['the right host without its port', { target: good, headers: { host: '127.0.0.1' } }, 421],
    ['a prefetch', { target: good, headers: { 'sec-purpose': 'prefetch;prerender' } }, 403],
    ['a prefetch of Firefox', { target: good, headers: { 'x-moz': 'prefetch' } }, 403],
    ['no parameters', { target: '/callback' }, 400],
    ['no state', { target: '/callback?code=c' }, 400],
    ['another state', { target: '/callback?code=c&state=guessed' }, 403],
    ['a longer state', { target: `/callback?code=c&state=${state}x` }, 403],
    ['an error without our state', { target: '/callback?error=access_denied' }, 400],
    ['an error with another state', { target: '/callback?error=access_denied&state=guessed' }, 403],
    ['the code twice', { target: `/callback?code=c&code=d&state=${state}` }, 400],
    ['the state twice', { target: `/callback?code=c&state=${state}&state=${state}` }, 400],
    ['our state and nothing else', { target: `/callback?state=${state}` }, 400],
    ['an empty code', { target: `/callback?code=&state=${state}` }, 400],
    ['tokens in the query', { target: `/callback?access_token=t&state=${state}` }, 400],
  ];

  it.each(cases)('%s', async (_, asked, status) => {
    const listener = await started({}, impatient);
    expect((await ask(listener.redirectUri, asked)).status).toBe(status);
    expect((await ask(`${listener.redirectUri}?code=real&state=${state}`)).status).toBe(303);
    expect((await listener.callback).searchParams.get('code')).toBe('real');
  });

  it.each<readonly [string, Asked, number]>([
    ['JSON', { headers: { 'content-type': 'application/json' }, body: '{}' }, 415],
    ['no state', { body: 'id_token=a.b.c' }, 400],
    ['a byte more than it may hold', { body: ofBytes(maxFormBytes + 1) }, 413],
  ])('a form with %s', async (_, asked, status) => {
    const listener = await started({ responseMode: 'form_post' });
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...asked.headers };
    expect((await ask(listener.redirectUri, { ...asked, method: 'POST', headers })).status).toBe(status);
    expect(listener.refusals.total).toBe(1);
  });

  it('a form with all that it may hold is taken', async () => {
    const listener = await started({ responseMode: 'form_post' }, impatient);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await ask(listener.redirectUri, { method: 'POST', headers, body: ofBytes(maxFormBytes) })).status).toBe(
      303,
    );
    expect((await listener.callback).hash).toHaveLength(maxFormBytes + 1);
  });

  it('another method, which is told the right one (RFC 9110, section 15.5.6)', async () => {
    const listener = await started();
    const answer = await ask(listener.redirectUri, { method: 'DELETE', target: good });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET']);
  });

  it('a body that does not end, which is not waited for', async () => {
    const listener = await started({ redirectUri: 'http://127.0.0.1/callback' });
    const { port, host } = new URL(listener.redirectUri);
    const socket = connect(Number(port), '127.0.0.1');
    sockets.push(socket);
    socket.write(`POST /callback HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 9999\r\n\r\nand no more`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 405 [\s\S]*\r\nconnection: close\r\n/i);
  });

  it('counts what it refused, by reason', async () => {
    const listener = await started();
    await ask(listener.redirectUri, { target: '/favicon.ico' });
    await ask(`${listener.redirectUri}?code=c&state=wrong`);
    await ask(`${listener.redirectUri}?code=c&state=wrong`);
    expect(listener.refusals.total).toBe(3);
    expect(Object.fromEntries(listener.refusals.reasons)).toEqual({ 'another path': 1, 'another state': 2 });
  });

  it('does not repeat what it was sent', async () => {
    const listener = await started();
    const { body } = await ask(`${listener.redirectUri}?code=stolen-code&state=<script>`);
    expect(body).not.toContain('stolen-code');
    expect(body).not.toContain('<script>');
  });
});

describe('one callback and no more', () => {
  it('of five at the same time one wins, and the others are told', async () => {
    const listener = await started({ usedHint: 'Run "ping14c -P work login".' }, impatient);
    const sent = ['1', '2', '3', '4', '5'].map((code) => ask(`${listener.redirectUri}?code=${code}&state=${state}`));
    const answers = await Promise.all(sent);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409, 409, 409]);
    const winner = answers.findIndex(({ status }) => status === 303);
    expect((await listener.callback).searchParams.get('code')).toBe(String(winner + 1));
    const late = answers.find(({ status }) => status === 409)?.body;
    expect(late).toContain('This sign-in is over');
    expect(late).toContain('Run &quot;ping14c -P work login&quot;.');
  });

  it('after a pasted one the browser is told that it is too late', async () => {
    const listener = await started();
    expect(listener.accept(`${listener.redirectUri}?code=pasted&state=${state}`)).toBeUndefined();
    expect((await ask(`${listener.redirectUri}?code=late&state=${state}`)).status).toBe(409);
    expect((await listener.callback).searchParams.get('code')).toBe('pasted');
    await listener.finish(success);
  });

  it('does not give the page to whoever guesses', async () => {
    const listener = await started({}, impatient);
    const answer = await ask(`${listener.redirectUri}?code=c&state=${state}`);
    expect((await ask(listener.redirectUri, { target: '/result/guess' })).status).toBe(404);
    const head = { method: 'HEAD', target: answer.headers.location ?? '' };
    expect((await ask(listener.redirectUri, head)).status).toBe(404);
    const rebound = { target: answer.headers.location ?? '', headers: { host: 'evil.example' } };
    expect((await ask(listener.redirectUri, rebound)).status).toBe(404);
  });
});

describe('clients that misbehave', () => {
  function rawConnection(listener: Listener): Promise<Socket> {
    const { port } = new URL(listener.redirectUri);
    const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
    sockets.push(socket);
    return once(socket, 'connect').then(() => socket);
  }

  it('do not stop a real callback, nor the end', async () => {
    const listener = await started();
    for (let n = 0; n < 20; n++) await rawConnection(listener);
    // Half a handshake: a record that announces more than comes.
    (await rawConnection(listener)).write(Buffer.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01));
    // Gone in the middle.
    (await rawConnection(listener)).resetAndDestroy();
    // Half a request, over TLS.
    const { port } = new URL(listener.redirectUri);
    const slow = connectTls({ port: Number(port), host: '127.0.0.1', ca: certificate.cert }).on('error', () => {});
    sockets.push(slow);
    await once(slow, 'secureConnect');
    slow.write('GET /callback?code=slow HTTP/1.1\r\nHost: ');
    const answer = await ask(`${listener.redirectUri}?code=real&state=${state}`);
    expect((await listener.callback).searchParams.get('code')).toBe('real');
    const page = follow(listener.redirectUri, answer);
    await listener.finish(success);
    await listener.close();
    expect((await page).body).toContain('Maria Huber');
    // Those that are not ended by us have 20 seconds for their handshake, and the end would wait for them.
  }, 15_000);

  it('plain http to the https port is answered in words and noticed, once', async () => {
    const notices: Notice[] = [];
    const listener = await started({ notice: (notice) => notices.push(notice) }, impatient);
    for (const _ of [1, 2]) {
      const answer = await ask(`${listener.redirectUri.replace('https', 'http')}?code=c&state=${state}`);
      expect(answer.status).toBe(400);
      expect(answer.body).toContain('This address needs https');
      expect(answer.body).toContain(listener.redirectUri);
      expect(answer.headers).toEqual({ ...plainHttpPage(listener.redirectUri).headers, connection: 'close' });
    }
    expect(notices).toEqual(['plainHttp']);
    expect((await ask(`${listener.redirectUri}?code=real&state=${state}`)).status).toBe(303);
  });

  it.skipIf(opensslIsAbsent)('a refused certificate is noticed, and the sign-in goes on', async () => {
    const noticed = new EventEmitter();
    const listener = await started({ notice: (notice) => noticed.emit('notice', notice) }, impatient);
    const notice = once(noticed, 'notice');
    // As browsers that show their warning page do, openssl says in an alert that it does not know who signed.
    const { host } = new URL(listener.redirectUri);
    spawn('openssl', ['s_client', '-connect', host, '-verify_return_error'], { stdio: 'ignore' });
    expect(await notice).toEqual(['certificateRefused']);
    expect((await ask(`${listener.redirectUri}?code=real&state=${state}`)).status).toBe(303);
  });

  it('headers beyond all measure are not read, and the sign-in goes on', async () => {
    const listener = await started({}, impatient);
    const headers = { 'x-large': 'x'.repeat(200_000) };
    const came = ask(`${listener.redirectUri}?code=c&state=${state}`, { headers });
    expect([431, 'ECONNRESET', 'EPIPE']).toContain(
      await came.then(
        ({ status }) => status,
        ({ code }) => code,
      ),
    );
    expect((await ask(`${listener.redirectUri}?code=real&state=${state}`)).status).toBe(303);
  });

  it('a certificate made for one sign-in is good for two days, and for no other sign-in', async () => {
    const now = () => Date.parse('2026-11-23T12:00:00Z');
    const shown: string[] = [];
    for (const _ of ['one', 'another']) {
      const { redirectUri, fingerprint256 } = await started({ certificate: undefined }, { ...machine, now });
      // It is what a browser sees past its warning.
      const browser = connectTls({
        port: Number(new URL(redirectUri).port),
        host: '127.0.0.1',
        rejectUnauthorized: false,
      });
      sockets.push(browser);
      await once(browser, 'secureConnect');
      const seen = browser.getPeerCertificate();
      expect([seen.valid_from, seen.valid_to]).toEqual(['Nov 23 11:00:00 2026 GMT', 'Nov 25 12:00:00 2026 GMT']);
      expect(seen.fingerprint256).toBe(fingerprint256);
      shown.push(seen.fingerprint256);
    }
    expect(new Set(shown).size).toBe(2);
  });

  it('TLS 1.1 is not spoken', async () => {
    const { port } = new URL((await started()).redirectUri);
    const old = connectTls({
      port: Number(port),
      host: '127.0.0.1',
      ca: certificate.cert,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    sockets.push(old);
    const [error] = (await once(old, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  });
});

describe('the port', () => {
  it('is on loopback only', async () => {
    const listener = await started();
    const { port } = new URL(listener.redirectUri);
    const socket = connect(Number(port), '127.0.0.2');
    sockets.push(socket);
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  it('that is asked for and taken is told by its number', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      await expect(listening({ redirectUri: `https://127.0.0.1:${port}/callback` })).rejects.toMatchObject({
        code: 'port_in_use',
        message: expect.stringContaining(String(port)),
        hint: expect.stringContaining(String(port)),
      });
    } finally {
      other.close();
    }
  });

  it('is closed again when the other family has it taken', async () => {
    const other = createServer().listen(await freePort(), '::1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(listening({ redirectUri: `https://localhost:${port}/callback` })).rejects.toMatchObject({
      code: 'port_in_use',
    });
    other.close();
    await once(other, 'close');
    expect((await started({ redirectUri: `https://localhost:${port}/callback` })).redirectUri).toBe(
      `https://localhost:${port}/callback`,
    );
  });

  it.each([
    'https://example.com/callback',
    'http://10.0.0.1/',
    'ftp://127.0.0.1/',
    'https://127.0.0.1/?a=b',
    'callback',
  ])('is not opened for %s', async (redirectUri) => {
    await expect(listening({ redirectUri })).rejects.toMatchObject({ code: 'invalid_redirect_uri', kind: 'usage' });
  });

  it.each(['https', 'http'])('is closed on Ctrl-C, and nobody waits on (%s)', async (scheme) => {
    const ending = new AbortController();
    const listener = await started({ redirectUri: `${scheme}://127.0.0.1/callback`, signal: ending.signal });
    ending.abort('SIGINT');
    await expect(listener.callback).rejects.toBe('SIGINT');
    await expect(ask(listener.redirectUri)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('closing tells a browser that still waits for its page', async () => {
    const ending = new AbortController();
    const listener = await started({ signal: ending.signal });
    const answer = await ask(`${listener.redirectUri}?code=c&state=${state}`);
    const page = follow(listener.redirectUri, answer);
    // The page's request has arrived when a later one has been answered.
    await ask(listener.redirectUri, { target: '/later' });
    ending.abort('SIGTERM');
    expect((await page).body).toContain('The sign-in was cancelled in the terminal.');
  });

  it('is not opened with a key that is not the certificate’s', async () => {
    const mixed = { ...certificate, key: makeCertificate({ now: Date.now(), days: 1 }).key };
    await expect(listening({ certificate: mixed })).rejects.toMatchObject({
      code: 'invalid_certificate',
      kind: 'usage',
    });
  });

  it('is not opened when the run is ending already', async () => {
    await expect(listening({ signal: AbortSignal.abort('SIGINT') })).rejects.toBe('SIGINT');
  });
});

describe('a redirect URI', () => {
  it.each([
    ['https://127.0.0.1/callback', undefined, ['127.0.0.1'], 'https://127.0.0.1:4321/callback'],
    ['https://localhost', undefined, ['127.0.0.1', '::1'], 'https://localhost:4321'],
    ['http://[::1]/a/b', undefined, ['::1'], 'http://[::1]:4321/a/b'],
    ['https://127.0.0.1:443/callback', 443, ['127.0.0.1'], 'https://127.0.0.1:443/callback'],
    ['https://[::1]:8443/', 8443, ['::1'], 'https://[::1]:8443/'],
  ])('%s has the port %s and listens on %j', (text, port, addresses, used) => {
    const parsed = parseRedirectUri(text);
    expect(parsed).toMatchObject({ port, addresses });
    expect(withPort(parsed, 4321)).toBe(used);
  });

  it.each([
    ...['https://user@127.0.0.1/', 'https://:password@127.0.0.1/', 'https://@127.0.0.1/'],
    ...['https://127.0.0.1.example.com/', 'https://0.0.0.0/', 'https://127.0.0.1/#f', 'https://127.0.0.1/?q'],
  ])('%s is refused in words', (text) => {
    expect(() => parseRedirectUri(text)).toThrow('is not an http or https address of this machine');
  });
});
