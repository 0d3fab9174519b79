import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../../src/loopback/certificate.ts';
import { opensslIsAbsent } from '../support/openssl.ts';

const now = Date.parse('2026-11-23T12:00:00Z');

describe('a certificate made on the fly', () => {
  it('is for the names of loopback and nothing else', () => {
    const certificate = new X509Certificate(makeCertificate({ now, days: 1 }).cert);
    expect(certificate.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkHost('example.com')).toBeUndefined();
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkIP('127.0.0.2')).toBeUndefined();
  });

  it.each([
    ['::', '0:0:0:0:0:0:0:0'],
    ['fe80::1:2', 'FE80:0:0:0:0:0:1:2'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['::ffff:0', '0:0:0:0:0:0:FFFF:0'],
  ])('writes the address %s out as %s', (host, written) => {
    const certificate = new X509Certificate(makeCertificate({ hosts: [host], now, days: 1 }).cert);
    expect(certificate.subjectAltName).toBe(`IP Address:${written}`);
  });

  it('is a server certificate and no authority', () => {
    const certificate = new X509Certificate(makeCertificate({ now, days: 1 }).cert);
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  it('has its own key and the fingerprint that browsers show', () => {
    const { cert, key, fingerprint256 } = makeCertificate({ now, days: 1 });
    const certificate = new X509Certificate(cert);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(fingerprint256).toBe(certificate.fingerprint256);
    expect(fingerprint256).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  });

  it('is never made twice', () => {
    const [one, other] = [makeCertificate({ now, days: 1 }), makeCertificate({ now, days: 1 })];
    expect(one.key).not.toBe(other.key);
    expect(new X509Certificate(one.cert).serialNumber).not.toBe(new X509Certificate(other.cert).serialNumber);
  });

  it.each([
    ['2026-11-23T12:00:00Z', 7, 'Nov 23 11:00:00 2026 GMT', 'Nov 30 12:00:00 2026 GMT'],
    ['2049-12-31T12:00:00Z', 1, 'Dec 31 11:00:00 2049 GMT', 'Jan  1 12:00:00 2050 GMT'],
  ])('made at %s for %i days is valid from an hour before until then', (at, days, validFrom, validTo) => {
    const certificate = new X509Certificate(makeCertificate({ now: Date.parse(at), days }).cert);
    expect([certificate.validFrom, certificate.validTo]).toEqual([validFrom, validTo]);
  });
});

describe('those who must accept it', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ping14c-certificate-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.skipIf(opensslIsAbsent)('openssl reads and verifies it as its own authority', async () => {
    const file = join(folder, 'leaf.pem');
    await writeFile(file, makeCertificate({ now: Date.now(), days: 1 }).cert);
    const verified = execFileSync('openssl', [
      'verify',
      '-x509_strict',
      '-purpose',
      'sslserver',
      '-CAfile',
      file,
      file,
    ]);
    expect(verified.toString()).toContain('leaf.pem: OK');
  });

  it.each(['localhost', '127.0.0.1'])('a Node client that names it as CA trusts https://%s', async (host) => {
    const certificate = makeCertificate({ now: Date.now(), days: 1 });
    const server = createServer(certificate, (socket) => void socket.end('HTTP/1.1 204 No Content\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const status = await new Promise((resolve, reject) => {
        get({ host, port, ca: certificate.cert }, (response) => resolve(response.resume().statusCode)).on(
          'error',
          reject,
        );
      });
      expect(status).toBe(204);
    } finally {
      server.close();
    }
  });
});
