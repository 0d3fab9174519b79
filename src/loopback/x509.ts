import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';

/**
 * DER, as much of it as an X.509 certificate needs (ITU-T X.690). Written here, because packages for it take 175 to 300 ms to
 * load or make RSA keys only, in 420 ms (measured); a certificate made with this takes 9 ms.
 */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const significant = length.subarray(length.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.of(tag, 0x80 | significant.length), significant, content]);
}

const sequence = (...items: readonly Uint8Array[]) => der(0x30, ...items);
const set = (...items: readonly Uint8Array[]) => der(0x31, ...items);
export const boolean = (value: boolean) => der(0x01, Buffer.of(value ? 0xff : 0x00));
export const octetString = (content: Uint8Array) => der(0x04, content);
const utf8String = (text: string) => der(0x0c, Buffer.from(text));

/** `[n]` around what has its own tag. */
const explicitTag = (n: number, ...items: readonly Uint8Array[]) => der(0xa0 | n, ...items);
/** `[n]` in place of a primitive's tag. */
const implicitTag = (n: number, content: Uint8Array) => der(0x80 | n, content);

/** A non-negative INTEGER from its big-endian bytes: shortest form, and a leading zero where the sign bit would be set. */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const shortest = first === -1 ? Buffer.of(0) : bytes.subarray(first);
  return (shortest[0] ?? 0) >= 0x80 ? der(0x02, Buffer.of(0), shortest) : der(0x02, shortest);
}

/** A BIT STRING; `unusedBits` of its last byte do not count. */
export function bitString(bytes: Uint8Array, unusedBits = 0): Buffer {
  return der(0x03, Buffer.of(unusedBits), bytes);
}

export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}

/** UTCTime until 2049, GeneralizedTime from then on (RFC 5280, section 4.1.2.5). @param at milliseconds since the epoch */
export function time(at: number): Buffer {
  const digits = `${new Date(at).toISOString().slice(0, 19).replace(/\D/g, '')}Z`;
  return digits < '2050' ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}

/** What a certificate says (RFC 5280, section 4.1). Times are milliseconds since the epoch. */
interface CertificateContents {
  readonly subject: string;
  /** Common name of whoever signs; the subject's own for a self-signed one. */
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: readonly Buffer[];
}

const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));

/** Signs with a P-256 key. @returns PEM */
export function signCertificate(contents: CertificateContents, signingKey: KeyObject): string {
  const body = sequence(
    explicitTag(0, integer(Buffer.of(2))), // version 3
    // Random, so that it is unique without a register; `integer` keeps it positive (RFC 5280, section 4.1.2.2).
    integer(randomBytes(16)),
    ecdsaWithSha256,
    commonName(contents.issuer),
    sequence(time(contents.notBefore), time(contents.notAfter)),
    commonName(contents.subject),
    contents.publicKey.export({ type: 'spki', format: 'der' }),
    explicitTag(3, sequence(...contents.extensions)),
  );
  const signed = sequence(body, ecdsaWithSha256, bitString(sign('sha256', body, signingKey)));
  const lines = signed.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function commonName(text: string): Buffer {
  return sequence(set(sequence(objectIdentifier('2.5.4.3'), utf8String(text))));
}

function extension(oid: string, critical: boolean, value: Buffer): Buffer {
  return sequence(objectIdentifier(oid), ...(critical ? [boolean(true)] : []), octetString(value));
}

/** For a server's own certificate: no authority, digital signatures only, server authentication only. */
export function serverUsage(): readonly Buffer[] {
  return [
    extension('2.5.29.19', true, sequence()),
    extension('2.5.29.15', true, bitString(Buffer.of(0b1000_0000), 7)),
    extension('2.5.29.37', false, sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))),
  ];
}

/** For an authority that signs server certificates itself, none of another authority (path length 0). */
export function authorityUsage(): readonly Buffer[] {
  return [
    extension('2.5.29.19', true, sequence(boolean(true), integer(Buffer.of(0)))),
    extension('2.5.29.15', true, bitString(Buffer.of(0b0000_0100), 2)),
    extension('2.5.29.37', false, sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))),
  ];
}

/** The only hosts that certificates below this authority may be for, each address alone (RFC 5280, section 4.2.1.10). */
export function nameConstraints(hosts: readonly string[]): Buffer {
  const permitted = hosts.map((host) => {
    if (!isIP(host)) return sequence(implicitTag(2, Buffer.from(host)));
    const address = addressBytes(host);
    return sequence(implicitTag(7, Buffer.concat([address, Buffer.alloc(address.length, 0xff)])));
  });
  return extension('2.5.29.30', true, sequence(explicitTag(0, ...permitted)));
}

/** Host names and IP addresses the certificate is good for. Browsers look at nothing else (RFC 9525, section 6). */
export function subjectAlternativeName(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) =>
    isIP(host) ? implicitTag(7, addressBytes(host)) : implicitTag(2, Buffer.from(host)),
  );
  return extension('2.5.29.17', false, sequence(...names));
}

/** Which key this is. */
export function subjectKeyIdentifier(publicKey: KeyObject): Buffer {
  return extension('2.5.29.14', false, octetString(keyIdentifier(publicKey)));
}

/** Which key has signed it. */
export function authorityKeyIdentifier(publicKey: KeyObject): Buffer {
  return extension('2.5.29.35', false, sequence(implicitTag(0, keyIdentifier(publicKey))));
}

/** The first 160 bits of the key's hash (RFC 7093, section 2). */
function keyIdentifier(publicKey: KeyObject): Buffer {
  const hash = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' }));
  return hash.digest().subarray(0, 20);
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const [head = [], tail = []] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
