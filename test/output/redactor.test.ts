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

  it.each([
    ...['& amp', '< lt', '> gt', '" quot', "' apos", '/ sol', '\\ bsol', '+ plus', '= equals', '_ lowbar', '. period'],
    ...['# num', '% percnt', '! excl', '? quest', '* ast', '@ commat', '$ dollar', ': colon', '; semi', ', comma'],
    ...['( lpar', ') rpar', '[ lbrack', '[ lsqb', '] rbrack', '] rsqb', '` grave', '{ lbrace', '{ lcub', '} rbrace'],
    ...['} rcub', '| verbar', '| vert', '^ Hat', '\u00a0 nbsp'],
  ])('is found where HTML has a name for a character of it: %s', (pair) => {
    const [character = '', name = ''] = pair.split(' ');
    expect(redact(`<p>pass&${name};word</p>`, [`pass${character}word`])).toBe('<p>[redacted]</p>');
  });

  it.each([
    ['HTML that leaves the semicolons out, as browsers let it', 'p&#97s&#0000115;&#x77ord'],
    ['HTML with zeros in front', 'p&#0000000097;s&#x0000000073;word'],
    ['JavaScript with zeros in front', String.raw`p\u{00000061}ssword`],
    ['five layers', 'p%2525252561ssword'],
  ])('is found in %s', (_, told) => {
    expect(redact(`It is ${told}.`, ['password'])).toBe('It is [redacted].');
  });

  it.each([
    ['a line end', 'pass\nword', String.raw`pass\nword`],
    ['a tab', 'pass\tword', String.raw`pass\tword`],
    ['a carriage return', 'pass\rword', String.raw`pass\rword`],
    ['a form feed', 'pass\fword', String.raw`pass\fword`],
    ['a backspace', 'pass\bword', String.raw`pass\bword`],
    ['a single quote', "pass'word", String.raw`pass\'word`],
    ['a picture', 'pass😀word', String.raw`pass\ud83d\ude00word`],
    ['a picture in decimal', '😀password😀', '&#128512;password&#128512;'],
  ])('is found though it has %s', (_, secret, told) => {
    expect(redact(`"${told}"`, [secret])).toBe('"[redacted]"');
  });

  it.each(['&#x110000;', '&#1114112;', '&#9999999;', String.raw`\u{110000}`, '&nosuch;', '&#xffffff'])(
    'is found beside what stands for no character: %s',
    (nonsense) => {
      expect(redact(`${nonsense} a%2Fsecret ${nonsense}`, ['a/secret'])).toBe(`${nonsense} [redacted] ${nonsense}`);
    },
  );

  it.each([
    ['ab%41%2fcd', 'abA/cd'],
    ['a&#x41;bcd', 'aAbcd'],
    ['a+b c', 'a+b+c'],
  ])('is found where a server has read %s as %s', (secret, read) => {
    expect(redact(`<${read}>`, [secret])).toBe('<[redacted]>');
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

  it('nothing is added to one that is just as long as it may be, nor is more shown where a secret comes behind the cut', () => {
    const [whole, secret] = ['x'.repeat(limit), 'a-secret'];
    expect(redact(whole) === whole).toBe(true);
    for (const rest of ['x', ` ${secret}`, secret, `${' '.repeat(100)}${secret}`]) {
      expect(redact(whole + rest, [secret]) === `${whole}…`).toBe(true);
    }
  });

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

describe('what is a secret by its name', () => {
  const names = [
    ...['access_token', 'refresh_token', 'id_token', 'id_token_hint', 'token', 'assertion', 'client_assertion', 'ST'],
    ...['code', 'device_code', 'user_code', 'code_verifier', 'client_secret', 'secret', 'nonce', 'state', 'value'],
    ...['password', 'currentPassword', 'newPassword', 'passphrase', 'recoveryCode'],
    ...['accessToken', 'refreshToken', 'idToken'],
  ];

  it.each(names)('is none to read, whoever writes it: %s', (name) => {
    const secret = 'a.b+c~d/e';
    expect(
      [
        `${name}=${secret}&scope=openid`,
        `https://a.example/b?${name}=${secret}#${name}=${secret};${name}=${secret}`,
        `a=1 ${name}=${secret}, "${name}=${secret}"`,
        `{"${name}":"${secret}","scope":"openid"}`,
        `{ '${name}' : '${secret}\\'${secret}', 'scope': 'openid' }`,
        `{"scope":"openid","${name}":"${secret}`,
        `{'scope':'openid','${name}':'${secret}\\`,
      ].map((text) => redact(text)),
    ).toEqual([
      `${name}=[redacted]&scope=openid`,
      `https://a.example/b?${name}=[redacted]#${name}=[redacted];${name}=[redacted]`,
      `a=1 ${name}=[redacted] "${name}=[redacted]"`,
      `{"${name}":[redacted],"scope":"openid"}`,
      `{ '${name}' : [redacted], 'scope': 'openid' }`,
      `{"scope":"openid","${name}":[redacted]`,
      `{'scope':'openid','${name}':[redacted]`,
    ]);
  });

  it.each([
    ['Authorization: Basic abc', 'Authorization: [redacted]'],
    ['proxy-authorization: Digest a="b"', 'proxy-authorization: [redacted]"b"'],
    ['Cookie: a=1; b=2\nhost: c', 'Cookie: [redacted]\nhost: c'],
    ['"set-cookie": "a=1"', '"set-cookie": "[redacted]"'],
    ['it was sent as basic YWxhZGRpbjpvcGVu', 'it was sent as basic [redacted]'],
    ['the token bearer a1b2c3 was sent', 'the token bearer [redacted] was sent'],
    ['the proof DPoP a1b2c3 was sent', 'the proof DPoP [redacted] was sent'],
    ['by HTTP://ada:pass@proxy.example:3128/', 'by HTTP://[redacted]proxy.example:3128/'],
  ])('stands in a header or an address: %s', (text, read) => {
    expect(redact(text)).toBe(read);
  });
});

describe('a private key', () => {
  const key = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQ==';

  it.each(['', 'RSA ', 'EC ', 'ENCRYPTED ', 'OPENSSH '])('of %sPEM is none to read, whole or cut off', (kind) => {
    const [begin, end] = [`-----BEGIN ${kind}PRIVATE KEY-----`, `-----END ${kind}PRIVATE KEY-----`];
    expect(redact(`in ${begin}\n${key}\n${end} it says`)).toBe(`in ${begin}[redacted] it says`);
    expect(redact(`in ${begin}\n${key}\n${end}${begin}${key}`)).toBe(`in ${begin}[redacted]${begin}[redacted]`);
    for (const cut of [`${begin}\n${key}`, `${begin}${key}\n-----END ${kind}PRIV`, `${begin}M`]) {
      expect(redact(`in ${cut}`)).toBe(`in ${begin}[redacted]`);
    }
  });
});

describe('a JWT is one', () => {
  it.each([
    ['without a signature', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.'],
    ['without a claim', 'eyJhbGciOiJIUzI1NiJ9..c2ln'],
    ['with five parts, as an encrypted one', 'eyJhbGciOiJkaXIifQ..aXY.dGV4dA.dGFn'],
    ['cut off within its claims', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWI'],
    ['with a long header', `eyJ${'x'.repeat(8000)}.e30.c2ln`],
  ])('%s', (_, jwt) => {
    expect(redact(`the token ${jwt}, which`)).toBe('the token [redacted], which');
  });
});

it('takes a secret of four characters, and none of three, which words have by chance', () => {
  expect(redact('hush hus', ['hush', 'hus'])).toBe('[redacted] hus');
  expect(withoutThese('hush hus', ['hush', 'hus'])).toBe('[redacted] hus');
});

it('takes secrets that overlap or touch as a whole', () => {
  expect(redact('a abcdefgh z', ['abcdef', 'cdef', 'defgh'])).toBe('a [redacted] z');
  expect(redact('a abcdefgh z', ['efgh', 'abcd'])).toBe('a [redacted][redacted] z');
});

it.each([
  'invalid_grant: The authorization code has expired. (Correlation ID: 01234567-89ab-cdef-0123-456789abcdef)',
  'Error: exit code 5',
  'https://auth.pingone.eu/01234567-89ab-cdef-0123-456789abcdef/as/token → 200 in 12 ms',
])('leaves what helps to find a fault: %s', (text) => {
  expect(redact(text)).toBe(text);
});
