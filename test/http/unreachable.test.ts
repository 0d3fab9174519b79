import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import { neverSent, unreachable } from '../../src/http/unreachable.ts';

const url = 'https://auth.pingone.eu/as/token';
/** As fetch wraps it. */
const wrapped = (reason: object) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('reason'), reason) });
const told = (reason: object, address = url) => unreachable(address, wrapped(reason), { now: 0 });

describe('what hides the way', () => {
  it.each([
    [
      'dns',
      { code: 'ENOTFOUND', hostname: 'auth.pingone.eu' },
      /^The name auth\.pingone\.eu cannot be resolved/,
      /region/,
    ],
    ['dns', { code: 'EAI_AGAIN' }, /^The name auth\.pingone\.eu cannot be resolved/, /--auth-url or --api-url/],
    ['proxy', { code: 'ENOTFOUND', hostname: 'proxy.example' }, /^The proxy .* cannot be reached: reason/, /NO_PROXY/],
    ['connection_refused', { code: 'ECONNREFUSED' }, /^auth\.pingone\.eu refuses/, /address/],
    ['connection_refused', { code: 'ECONNREFUSED', port: 443 }, /^auth\.pingone\.eu refuses/, /address/],
    ['proxy', { code: 'ECONNREFUSED', port: 80 }, /^The proxy .* cannot be reached: reason/, /HTTPS_PROXY/],
    ['proxy', { message: 'Proxy response (407)' }, /^The proxy refused to connect to auth\.pingone\.eu/, /ALL_PROXY/],
    ['proxy', { code: 'UND_ERR_ABORTED' }, /^The proxy refused to connect to auth\.pingone\.eu/, /HTTPS_PROXY/],
    [
      'tls',
      { code: 'SELF_SIGNED_CERT_IN_CHAIN' },
      /^The TLS certificate of auth\.pingone\.eu is not trusted/,
      /--ca-file/,
    ],
    ['tls', { code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' }, /is not trusted: reason$/, /--ca-file/],
    ['tls', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, /is not trusted: reason$/, /--ca-file/],
    ['tls', { code: 'CERT_HAS_EXPIRED' }, /has expired: the clock .* shows .*1970/, /clock/],
    ['network', { code: 'ECONNRESET' }, /^No answer from auth\.pingone\.eu: reason/, /network/],
    ['network', { code: 'EPROTOTYPE' }, /^No answer from auth\.pingone\.eu: reason/, /network/],
    ['network', { code: 443 }, /^No answer from auth\.pingone\.eu: reason/, /network/],
  ])('is told as %s from %j, and what to look at', (code, reason, message, hint) => {
    const failure = told(reason);
    expect(failure).toMatchObject({ kind: 'unreachable', code });
    expect([failure.message, failure.hint]).toEqual([expect.stringMatching(message), expect.stringMatching(hint)]);
  });

  it.each([
    ['http://127.0.0.1/', 80, 'connection_refused'],
    ['http://127.0.0.1/', 443, 'proxy'],
    ['https://127.0.0.1:9443/', 9443, 'connection_refused'],
    ['https://127.0.0.1:9443/', 443, 'proxy'],
  ])('on the way to %s is another’s where port %i was knocked at or not: %s', (address, port, code) => {
    expect(told({ code: 'ECONNREFUSED', port }, address).code).toBe(code);
  });

  it('is found in the first of several attempts, however often it is wrapped', () => {
    const refused = Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
    const attempts = new AggregateError([refused, Object.assign(new Error('no'), { code: 'ENETUNREACH' })]);
    const thrown = new TypeError('fetch failed', { cause: new Error('once more', { cause: attempts }) });
    expect(unreachable(url, thrown, { now: 0 })).toMatchObject({ code: 'connection_refused', cause: thrown });
    expect(unreachable(url, new AggregateError([], 'none'), { now: 0 }).message).toBe(
      'No answer from auth.pingone.eu: none',
    );
  });

  it.each([['a text'], [null], [undefined], [{}]])('is the network where %j was thrown', (thrown) => {
    const failure = unreachable(url, thrown, { now: 0 });
    expect([failure.code, neverSent(failure)]).toEqual(['network', false]);
  });

  it('is the network where a cause goes round in a circle', () => {
    const circle = new Error('circle');
    circle.cause = circle;
    expect(unreachable(url, circle, { now: 0 }).code).toBe('network');
  });
});

describe('whether a request may have left', () => {
  it.each([
    ['no such name', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }, true],
    ['connection refused', { code: 'ECONNREFUSED', syscall: 'connect' }, true],
    ['no way to the host', { code: 'EHOSTUNREACH', syscall: 'connect' }, true],
    ['no connection in time', { code: 'UND_ERR_CONNECT_TIMEOUT' }, true],
    ['an untrusted certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, true],
    ['an expired certificate', { code: 'CERT_HAS_EXPIRED' }, true],
    ['a certificate of another host', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, true],
    ['a proxy that lets nobody through', { message: 'Proxy response (407) !== 200 when HTTP Tunneling' }, true],
    ['a proxy that hangs up', { message: 'the proxy closed the connection' }, true],
    ['a reset', { code: 'ECONNRESET', syscall: 'read' }, false],
    ['a broken pipe', { code: 'EPIPE', syscall: 'write' }, false],
    ['a connection closed by the other side', { code: 'UND_ERR_SOCKET', message: 'other side closed' }, false],
    ['a TLS alert, which may come late', { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }, false],
    ['anything unknown', { message: 'terminated' }, false],
  ])('%s: it certainly has not: %s', (_name, reason, expected) => {
    expect(neverSent(told(reason))).toBe(expected);
  });

  it('no answer in time: it may have', () => {
    const timedOut = unreachable(url, new Error('aborted'), { now: 0, timedOut: { timeoutMs: 1000 } });
    expect(timedOut).toMatchObject({
      kind: 'unreachable',
      code: 'timeout',
      hint: expect.stringMatching(/PING14C_HTTP_TIMEOUT/),
    });
    expect(neverSent(timedOut)).toBe(false);
  });

  it('an answer that was refused when it had come: it has', () => {
    expect(neverSent(new Failure('failed', 'too much', { code: 'response_too_large' }))).toBe(false);
  });
});
