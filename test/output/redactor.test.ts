import { describe, expect, it } from 'vitest';
import { redact, withoutThese } from '../../src/output/redactor.ts';
import { fc, outsideText } from '../support/properties.ts';

const token = fc.stringMatching(/^[A-Za-z0-9_-]{16,40}$/);
const jwt = fc.tuple(token, token, token).map(([header, payload, signature]) => `eyJ${header}.${payload}.${signature}`);

/** Every place a secret is known to stand in. */
const places: readonly (readonly [string, (secret: string) => string])[] = [
  ['an Authorization header', (secret) => `authorization: Bearer ${secret}`],
  ['a header in JSON', (secret) => JSON.stringify({ Authorization: `Basic ${secret}` })],
  ['a cookie', (secret) => `Set-Cookie: ST=${secret}; Path=/`],
  ['a callback URL', (secret) => `https://127.0.0.1:4000/callback?code=${secret}&state=${secret}`],
  ['a fragment', (secret) => `https://127.0.0.1:4000/callback#access_token=${secret}&id_token=${secret}`],
  ['a token request', (secret) => `grant_type=refresh_token&refresh_token=${secret}&client_secret=${secret}`],
  ['a PKCE verifier', (secret) => `code_verifier=${secret}`],
  ['an assertion', (secret) => `client_assertion=${secret}`],
  ['a token answer', (secret) => JSON.stringify({ access_token: secret, refresh_token: secret, id_token: secret })],
  ['a password change', (secret) => JSON.stringify({ currentPassword: secret, newPassword: `${secret}"\\` })],
  ['a proxy URL', (secret) => `http://user:${secret}@proxy.example:3128`],
];

const each = (write: (code: number) => string) => (text: string) =>
  [...text].map((character) => write(character.codePointAt(0) ?? 0)).join('');
const hex = (code: number, digits = 2) => code.toString(16).padStart(digits, '0');
const percent = each((code) => `%${hex(code).toUpperCase()}`);
const json = (text: string) => JSON.stringify(text).slice(1, -1);
const jsonSlashes = (text: string) => json(text).replaceAll('/', '\\/');
const jsonUnits = each((code) => `\\u${hex(code, 4)}`);
const query = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);

/** Every way that servers, proxies and pages write a character otherwise. */
const escapes: readonly (readonly [string, (text: string) => string])[] = [
  ['JSON, each character', jsonUnits],
  ['JSON, every other one', (text) => [...text].map((one, index) => (index % 2 ? one : jsonUnits(one))).join('')],
  ['JSON, its slashes too', jsonSlashes],
  ['JSON in JSON', (text) => json(jsonSlashes(json(text)))],
  ['JSON in JSON, each character', (text) => json(jsonUnits(text))],
  ['JavaScript', each((code) => `\\x${hex(code)}`)],
  ['JavaScript, with braces', each((code) => `\\u{${hex(code)}}`)],
  ['HTML, in hexadecimal', each((code) => `&#x${hex(code)};`)],
  ['HTML, in capitals and with zeros', each((code) => `&#X${hex(code, 6).toUpperCase()};`)],
  ['HTML, in decimal', each((code) => `&#${code};`)],
  [
    'HTML, what must be',
    (text) =>
      text.replace(
        /["&<>/=]/g,
        (one) => `&${{ '"': 'quot', '&': 'amp', '<': 'lt', '>': 'gt', '/': 'sol', '=': 'equals' }[one]};`,
      ),
  ],
  ['a URL', percent],
  ['a URL, in small letters', each((code) => `%${hex(code)}`)],
  ['a query', query],
  ['a query in a query', (text) => query(query(text))],
  ['a URL, twice and each character', (text) => percent(percent(text))],
  ['a URL in JSON in HTML', (text) => each((code) => `&#${code};`)(jsonUnits(percent(text)))],
];

describe('a secret that comes back escaped', () => {
  const opaque = fc.stringMatching(/^[A-Za-z0-9/+=_.~-]{16,40}$/);

  it.each(escapes)('is found where it is known: for %s', (_, escaped) => {
    fc.assert(
      fc.property(opaque, (secret) => {
        const told = `The token ${escaped(secret)} is unknown.`;
        expect(redact(told, [secret])).toBe('The token [redacted] is unknown.');
        expect(withoutThese(told, [secret])).toBe('The token [redacted] is unknown.');
      }),
    );
  });

  it.each(escapes)('is found by what stands around it, escaped with it: for %s', (_, escaped) => {
    fc.assert(
      fc.property(fc.constantFrom(...places), token, ([, put], secret) => {
        expect(redact(`said: ${escaped(put(secret))}`)).not.toContain(escaped(secret));
      }),
    );
  });

  it.each([
    ['a query', query],
    ['JSON', jsonSlashes],
    ['JSON of ASCII only', (text: string) => json(text).replace(/[^ -~]/g, (one) => jsonUnits(one))],
    ['HTML', each((code) => `&#x${hex(code)};`)],
  ])('is found though it is of other letters, and holds what looks like an escape: for %s', (_, escaped) => {
    for (const secret of [
      'p ä s s/w o r t',
      'пароль пароль',
      'ab%41%2fcd',
      'a&#x41;bcd',
      'a\\u0041\\/b',
      '50%25 of it',
    ]) {
      expect(redact(`<${escaped(secret)}>`, [secret])).toBe('<[redacted]>');
      const bytes = Buffer.from(`<${escaped(secret)}>`).toString('latin1');
      expect(withoutThese(bytes, [secret])).toBe('<[redacted]>');
    }
  });

  it('is found whole, where one way to write it begins with what another rule takes away', () => {
    expect(redact(String.raw`Bearer abcdefgh\/ijklmnop/qrst, and no more`)).toBe('Bearer [redacted], and no more');
  });

  it('leaves the rest as it was written', () => {
    const told = String.raw`100 % &amp; more \u00fc of %7Bthis%7D: `;
    expect(redact(`${told}opaque%2Ftoken &lt;ü&gt;`, ['opaque/token'])).toBe(`${told}[redacted] &lt;ü&gt;`);
  });
});

describe('where a text is cut because it is too long', () => {
  const limit = 64 * 1024;
  const opaque = fc.stringMatching(/^[A-Za-z0-9/+=_.~-]{16,40}$/);
  /** How many of its characters the cut leaves. */
  const left = fc.integer({ min: 1, max: 60 });
  const rest = fc.constantFrom('', ' '.repeat(limit));

  it.each(escapes)('the beginning of a known secret is not left: for %s', (_, escaped) => {
    fc.assert(
      fc.property(opaque, fc.constantFrom(1, 30, 1_000), left, rest, (piece, times, shown, after) => {
        const secret = piece.repeat(times);
        const written = escaped(secret);
        fc.pre(shown < written.length);
        const before = ' '.repeat(limit - shown);
        expect(redact(`${before}${written}${after}`, [secret])).toBe(`${before}[redacted]…`);
      }),
      { numRuns: 30 },
    );
  });

  it.each(places)('nor that of one that is known by what stands around it: in %s', (_, put) => {
    fc.assert(
      fc.property(token, fc.constantFrom(1, 30), left, rest, (piece, times, shown, after) => {
        const secret = piece.repeat(times);
        const written = put(secret);
        const before = ' '.repeat(limit - shown - 8 - written.indexOf(secret));
        expect(redact(`${before}${written}${after}`)).not.toContain(secret.slice(0, 8));
      }),
      { numRuns: 30 },
    );
  });
});

describe('no sink shows a secret', () => {
  it.each(places)('in %s', (_, put) => {
    fc.assert(
      fc.property(token, (secret) => {
        expect(redact(put(secret))).not.toContain(secret);
      }),
    );
  });

  it('when it is a JWT, wherever it stands', () => {
    fc.assert(
      fc.property(outsideText, jwt, outsideText, (before, secret, after) => {
        expect(redact(`${before} ${secret} ${after}`)).not.toContain(secret);
      }),
    );
  });

  it.each([
    '-eyJaaaa',
    'a.',
    'a+',
    'a://b:',
    '"code":"\\\\',
    '-----BEGIN A PRIVATE KEY-----',
    'authorization ',
    ...['%25', '\\\\', '\\u005c', '&amp;', '&#x0', '&#0', '\\u{0', '%5B%22'],
  ])(
    'nor keeps anybody waiting for one behind a megabyte of %j',
    // A step for each pair of characters would take minutes.
    (unit) => {
      const told = redact(`${unit.repeat(1_000_000 / unit.length)}\nauthorization: Bearer a-secret-of-some-length`);
      expect(told.includes('a-secret-of-some-length')).toBe(false);
    },
    20_000,
  );

  it.each(['%25', '\\\\', '\\u005c', '&amp;', '&#x0', '&#38;', '%5Cu0025', 'opaque/toke'])(
    'nor keeps anybody waiting for a known one behind a megabyte of %j',
    (unit) => {
      const told = withoutThese(`${unit.repeat(1_000_000 / unit.length)} opaque%2Ftoken`, ['opaque/token']);
      expect(told.endsWith(' [redacted]')).toBe(true);
    },
    20_000,
  );

  it('when it was named as one, whatever it looks like', () => {
    fc.assert(
      fc.property(
        outsideText,
        outsideText.filter(({ length }) => length >= 4),
        (around, secret) => {
          fc.pre(!'[redacted]'.includes(secret) && !around.includes(secret));
          expect(redact(`${around} ${secret}`, [secret])).not.toContain(` ${secret}`);
        },
      ),
    );
  });
});

it.each([
  'invalid_grant: The authorization code has expired. (Correlation ID: 01234567-89ab-cdef-0123-456789abcdef)',
  'Error: exit code 5',
  'https://auth.pingone.eu/01234567-89ab-cdef-0123-456789abcdef/as/token → 200 in 12 ms',
])('leaves what helps to find a fault: %s', (text) => {
  expect(redact(text)).toBe(text);
});
