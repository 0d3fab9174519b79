import { execFileSync } from 'node:child_process';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { issueCertificate, makeAuthority, validityFrom } from '../../src/trust/authority.ts';
import { makeTrustedCertificate } from '../../src/trust/trusted-certificate.ts';
import { opensslIsAbsent } from '../support/openssl.ts';

const now = Date.now();
const dayMs = 24 * 3_600_000;

describe('the local authority', () => {
  it('is an authority by its own signature, named so that it is found again', () => {
    const { name, cert } = makeAuthority(validityFrom(now));
    const authority = new X509Certificate(cert);
    expect(authority.ca).toBe(true);
    expect(authority.verify(authority.publicKey)).toBe(true);
    expect(name).toMatch(/^ping14c local authority [0-9a-f]{8}$/);
    expect([authority.subject, authority.issuer]).toEqual([`CN=${name}`, `CN=${name}`]);
  });

  it('and its certificates are valid for at most 397 days, and already an hour ago', () => {
    const { authority, certificate, sandboxCertificate } = makeTrustedCertificate(now);
    for (const pem of [authority.cert, certificate.cert, sandboxCertificate?.cert ?? '']) {
      const { validFrom, validTo } = new X509Certificate(pem);
      expect(Date.parse(validTo) - Date.parse(validFrom)).toBe(397 * dayMs);
      expect(Date.parse(validFrom)).toBeLessThanOrEqual(now - 3_600_000);
    }
  });

  it('is never made twice', () => {
    const [one, other] = [makeTrustedCertificate(now), makeTrustedCertificate(now)];
    expect(one.authority.name).not.toBe(other.authority.name);
    expect(one.certificate.key).not.toBe(other.certificate.key);
  });

  it('has left its private key nowhere: those that are kept are the certificates’', () => {
    const trusted = makeTrustedCertificate(now);
    const keys = JSON.stringify(trusted).match(/BEGIN [A-Z ]*PRIVATE KEY/g);
    expect(keys).toHaveLength(2);
    const spki = (key: string) => createPublicKey(key).export({ type: 'spki', format: 'pem' });
    const kept = [trusted.certificate, trusted.sandboxCertificate].map((one) => [one?.key ?? '', one?.cert ?? '']);
    for (const [key = '', cert = ''] of kept) expect(spki(key)).toBe(spki(cert));
    const different = new Set([...kept.map(([key = '']) => spki(key)), spki(trusted.authority.cert)]);
    expect(different.size).toBe(3);
  });

  it.skipIf(opensslIsAbsent)('says by critical extensions: no authority below it, these three names only', () => {
    const text = openssl(['x509', '-noout', '-text'], { in: makeAuthority(validityFrom(now)).cert });
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(text).toMatch(/Key Usage: critical\s+Certificate Sign\n/);
    const constraints = /Name Constraints: critical\s+Permitted:\s+([\s\S]*?)X509v3/.exec(text)?.[1]?.split(/\s+/);
    expect(constraints?.filter(Boolean)).toEqual([
      'DNS:localhost',
      'IP:127.0.0.1/255.255.255.255',
      'IP:0:0:0:0:0:0:0:1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF',
    ]);
  });
});

describe.skipIf(opensslIsAbsent)('openssl, strictly (skipped where it is absent and CI is not set)', () => {
  it('accepts its certificate for the loopback names', () => {
    const { authority, certificate, sandboxCertificate } = makeTrustedCertificate(now);
    expect(verify(authority.cert, certificate.cert)).toContain('OK');
    expect(verify(authority.cert, sandboxCertificate?.cert ?? '')).toContain('OK');
  });

  it.each([['example.com'], ['127.0.0.2'], ['192.168.0.1'], ['::2'], ['localhost', 'example.com']])(
    'refuses a certificate of the same authority for %s',
    (...hosts) => {
      const validity = validityFrom(now);
      const authority = makeAuthority(validity);
      const { cert } = issueCertificate(authority, validity, hosts);
      expect(() => verify(authority.cert, cert)).toThrow('permitted subtree violation');
    },
  );
});

function verify(authority: string, certificate: string): string {
  return openssl(['verify', '-x509_strict', '-purpose', 'sslserver'], { CAfile: authority }, certificate);
}

/** Runs openssl with PEM texts as files: named ones as options, the last one as its operand. */
function openssl(args: readonly string[], files: Readonly<Record<string, string>>, operand?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'ping14c-authority-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const options = Object.entries(files).flatMap(([name, pem]) => [`-${name}`, written(name, pem)]);
  const last = operand === undefined ? [] : [written('operand', operand)];
  return execFileSync('openssl', [...args, ...options, ...last], { stdio: ['ignore', 'pipe', 'pipe'] }).toString();

  function written(name: string, pem: string): string {
    const file = join(folder, `${name}.pem`);
    writeFileSync(file, pem);
    return file;
  }
}
