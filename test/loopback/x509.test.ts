import { describe, expect, it } from 'vitest';
import { bitString, boolean, integer, objectIdentifier, octetString, time } from '../../src/loopback/x509.ts';
import { fc } from '../support/properties.ts';

// Expected bytes are from X.690 itself, from RFC 5280's examples, or from `openssl asn1parse -genstr`.
describe('DER', () => {
  it.each([
    ['an integer without needless zeros', integer(Buffer.of(0, 0, 5)), '020105'],
    ['an integer kept positive', integer(Buffer.of(0x80)), '02020080'],
    ['zero', integer(Buffer.of(0)), '020100'],
    ['true', boolean(true), '0101ff'],
    ['a bit string', bitString(Buffer.of(0x80), 7), '03020780'],
    ['an identifier', objectIdentifier('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
    ['a time of this half of the century', time(Date.parse('2049-12-31T23:59:59Z')), '170d3439313233313233353935395a'],
    ['a later time', time(Date.parse('2050-01-01T00:00:00Z')), '180f32303530303130313030303030305a'],
  ])('writes %s', (_, written, expected) => {
    expect(written.toString('hex')).toBe(expected);
  });

  it('writes every length in its shortest form, and all of the content', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70_000 }), (length) => {
        const written = octetString(Buffer.alloc(length, 1));
        const short = (written[1] ?? 0) < 0x80;
        const lengthBytes = short ? 0 : (written[1] ?? 0) & 0x7f;
        const told = short ? (written[1] ?? 0) : written.readUIntBE(2, lengthBytes);
        expect(told).toBe(length);
        expect(short).toBe(length < 128);
        expect(short || written[2] !== 0).toBe(true);
        expect(written.length).toBe(2 + lengthBytes + length);
      }),
      { numRuns: 50 },
    );
  });
});
