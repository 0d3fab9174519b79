import { execFileSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Failure } from '../../src/errors.ts';
import { makeCertificate, readOwnCertificate } from '../../src/loopback/certificate.ts';
import { serverUsage, signCertificate } from '../../src/loopback/x509.ts';
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
    // Critical, and digitalSignature alone (RFC 5280, section 4.2.1.3): it can sign no other certificate.
    expect(certificate.raw.toString('hex')).toContain('0603551d0f0101ff040403020780');
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
    const serials = [one, other].map(({ cert }) => new X509Certificate(cert).serialNumber);
    expect(serials[0]).not.toBe(serials[1]);
    // All have one issuer's name. Firefox refuses two of one issuer and number, so by chance there must be none.
    for (const serial of serials) expect(serial).toMatch(/^[\dA-F]{20,32}$/);
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

const own = makeCertificate({ now, days: 10 });
const use = { redirectUri: 'https://127.0.0.1:8443/callback', now };

describe('a certificate of one’s own', () => {
  it.each(['https://127.0.0.1/callback', 'https://localhost:8443/', 'https://[::1]/callback'])(
    'that is good for %s is taken, with its fingerprint',
    async (redirectUri) => {
      expect(await read(own.cert, own.key, { ...use, redirectUri })).toEqual(own);
    },
  );

  it.each([
    ['an hour before it was made', -3_600_000],
    ['ten days later', 10 * 24 * 3_600_000],
  ])('is good from the first second to the last: %s', async (_, ms) => {
    expect(await read(own.cert, own.key, { ...use, now: now + ms })).toEqual(own);
    const beyond = now + ms + Math.sign(ms);
    await expect(read(own.cert, own.key, { ...use, now: beyond })).rejects.toThrow(
      ms < 0 ? 'not valid before' : 'expired',
    );
  });

  it.each(['localhost', '127.0.0.1', '::1'])(
    'that names %s as its subject only is refused, as browsers do',
    async (host) => {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      const times = { notBefore: now, notAfter: now + 1000 };
      const cert = signCertificate(
        { subject: host, issuer: host, publicKey, ...times, extensions: serverUsage() },
        privateKey,
      );
      const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      const redirectUri = `https://${host.includes(':') ? `[${host}]` : host}:8443/callback`;
      await expect(read(cert, key, { redirectUri, now })).rejects.toThrow(
        `is not for ${host}, the host of the redirect URI`,
      );
    },
  );

  it('keeps the chain that follows it', async () => {
    const chain = own.cert + makeCertificate({ now, days: 1 }).cert;
    expect(await read(chain, own.key, use)).toMatchObject({ cert: chain, fingerprint256: own.fingerprint256 });
  });

  it('has its key read in the older form of OpenSSL too, and told whose it is not', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' });
    await expect(read(own.cert, rsa.toString(), use)).rejects.toThrow('does not belong to the certificate');
  });

  const encrypted = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'secret',
  });
  const other = makeCertificate({ now, days: 10 });
  const foreign = makeCertificate({ now, days: 10, hosts: ['example.com'] });
  const day = 24 * 3_600_000;

  it.each([
    ['another’s key', own.cert, other.key, use, 'does not belong to the certificate'],
    ['an encrypted key', own.cert, encrypted.toString(), use, 'is encrypted'],
    ['an encrypted key of old', own.cert, 'Proc-Type: 4,ENCRYPTED', use, 'is encrypted'],
    ['no key', own.cert, own.cert, use, 'holds no private key in PEM form'],
    ['no certificate', own.key, own.key, use, 'holds no certificate in PEM form'],
    ['an empty file', '', own.key, use, 'holds no certificate in PEM form'],
    ['one for another host', foreign.cert, foreign.key, use, 'is not for 127.0.0.1, the host of the redirect URI'],
    ['one that ended', own.cert, own.key, { ...use, now: now + 11 * day }, 'expired at Dec  3 12:00:00 2026 GMT'],
    ['one to come', own.cert, own.key, { ...use, now: now - day }, 'is not valid before Nov 23 11:00:00 2026 GMT'],
    [
      'another loopback address',
      own.cert,
      own.key,
      { ...use, redirectUri: 'https://127.0.0.2/' },
      'is not for 127.0.0.2',
    ],
    [
      'http',
      own.cert,
      own.key,
      { ...use, redirectUri: 'http://127.0.0.1/' },
      'is not https, so no certificate is used',
    ],
  ])('%s is refused in words', async (_name, cert, key, wanted, message) => {
    const refusal = await read(cert, key, wanted).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Failure);
    expect(refusal).toMatchObject({
      kind: 'usage',
      code: 'invalid_certificate',
      message: expect.stringContaining(message),
    });
    expect((refusal as Failure).hint).toBeTruthy();
  });

  it('a file that is not there is named', async () => {
    const files = { cert: '/no/such/cert.pem', key: '/no/such/key.pem' };
    await expect(readOwnCertificate(files, use)).rejects.toMatchObject({
      message: expect.stringContaining('/no/such/cert.pem cannot be read'),
      hint: expect.stringContaining('--cert and --key'),
    });
  });
});

function read(cert: string, key: string, wanted: typeof use) {
  const folder = mkdtempSync(join(tmpdir(), 'ping14c-own-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);
  return readOwnCertificate(files, wanted);
}
