import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { qrCode } from '../../src/output/qr-code.ts';
import { testMachine } from '../support/test-runtime.ts';

const address = 'https://auth.pingone.eu/e0000000-0000-4000-8000-000000000001/device?user_code=ABCD-EFGH';

function drawn(columns: number, { env = {}, isTTY = true, level = 0 as 0 | 1, rows = 100 } = {}) {
  const { stderr } = testMachine().runtime();
  return qrCode(address, { stderr: Object.assign(stderr, { isTTY, columns, rows }), env }, new Chalk({ level }));
}

describe('the picture of an address', () => {
  const widthOf = (lines: readonly string[]) => lines[0]?.length ?? 0;

  it('is square, two lines of it in one, with a border', () => {
    const lines = drawn(1000);
    const width = widthOf(lines);
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([width]));
    expect(lines).toHaveLength(Math.ceil(width / 2));
  });

  it('has two places around it, by which a camera finds it', () => {
    const [top = '', ...lines] = drawn(1000);
    expect(top).toMatch(/^(.)\1+$/);
    expect(
      lines.slice(0, -1).filter((line) => !(line.startsWith(top.slice(0, 2)) && line.endsWith(top.slice(0, 2)))),
    ).toEqual([]);
  });

  it('is drawn where it just fits, and not where a place is missing', () => {
    const picture = drawn(1000);
    expect(drawn(widthOf(picture))).toEqual(picture);
    expect(drawn(widthOf(picture) - 1)).toEqual([]);
  });

  it('is drawn where it and what is said around it just fit, and not where a row is missing', () => {
    const picture = drawn(1000);
    expect(drawn(1000, { rows: picture.length + 8 })).toEqual(picture);
    expect(drawn(1000, { rows: picture.length + 7 })).toEqual([]);
    expect(drawn(1000, { rows: 0 })).toEqual(picture);
  });

  it('is drawn on a terminal that does not know its width, as on one of 80 columns', () => {
    expect(drawn(0)).toEqual(drawn(80));
    expect(drawn(0)).not.toEqual([]);
  });

  it('is light on dark, which cameras want', () => {
    expect(drawn(1000, { level: 1 })[0]).toMatch(/^\u001b\[97m\u001b\[40m[^\u001b]+\u001b\[49m\u001b\[39m$/);
  });

  it.each([
    ['no terminal', { isTTY: false }],
    ['a screen reader', { env: { ACCESSIBLE: '1' } }],
    ['a terminal that cannot draw', { env: { TERM: 'dumb' } }],
  ])('is not drawn for %s', (_, where) => {
    expect(drawn(1000, where)).toEqual([]);
  });
});
