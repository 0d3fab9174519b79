import { describe, expect, it } from 'vitest';
import { neverSent, unreachable } from '../../src/http/unreachable.ts';

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
    ['a reset', { code: 'ECONNRESET', syscall: 'read' }, false],
    ['a broken pipe', { code: 'EPIPE', syscall: 'write' }, false],
    ['a connection closed by the other side', { code: 'UND_ERR_SOCKET', message: 'other side closed' }, false],
    ['a TLS alert, which may come late', { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }, false],
    ['anything unknown', { message: 'terminated' }, false],
  ])('%s: it certainly has not: %s', (_name, reason, expected) => {
    const thrown = new TypeError('fetch failed', { cause: Object.assign(new Error('reason'), reason) });
    expect(neverSent(unreachable('https://api.pingone.com/v1', thrown, { now: 0 }))).toBe(expected);
  });

  it('no answer in time: it may have', () => {
    const timedOut = unreachable('https://api.pingone.com/v1', new Error('aborted'), {
      now: 0,
      timedOut: { timeoutMs: 1000 },
    });
    expect(neverSent(timedOut)).toBe(false);
  });
});
