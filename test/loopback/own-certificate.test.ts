import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Failure } from '../../src/errors.ts';
import { makeCertificate, readOwnCertificate } from '../../src/loopback/certificate.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const own = makeCertificate({ now, days: 10 });
const use = { redirectUri: 'https://127.0.0.1:8443/callback', now };

describe('a certificate of one’s own', () => {
  it.each(['https://127.0.0.1/callback', 'https://localhost:8443/', 'https://[::1]/callback'])(
    'that is good for %s is taken, with its fingerprint',
    async (redirectUri) => {
      expect(await read(own.cert, own.key, { ...use, redirectUri })).toEqual(own);
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
    ['one that ended', own.cert, own.key, { ...use, now: now + 11 * day }, 'has expired at Dec  3 12:00:00 2026 GMT'],
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
    await expect(readOwnCertificate({ cert: '/no/such/cert.pem', key: '/no/such/key.pem' }, use)).rejects.toThrow(
      '/no/such/cert.pem cannot be read',
    );
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
