import { describe, expect, it } from 'vitest';
import { accountOf } from '../../src/session/session.ts';
import { parseSession, serializeSession } from '../../src/session/stored-session.ts';
import { fc, outsideText } from '../support/properties.ts';
import { identity, sampleSession } from '../support/session-samples.ts';

const session = sampleSession(1_700_000_000_000, 60_000);
const record = JSON.parse(serializeSession(session)) as Record<string, unknown>;
const withMembers = (members: object) => JSON.stringify({ ...record, ...members });

describe('a stored session', () => {
  it('comes back as it was', () => {
    expect(parseSession(serializeSession(session), identity)).toEqual({ kind: 'session', session });
  });

  it('comes back without what the server never gave', () => {
    const bare = { ...session, tokens: { accessToken: 'access' } };
    expect(parseSession(serializeSession(bare), identity)).toEqual({ kind: 'session', session: bare });
  });

  it.each([
    ['no access token, as a sign-in for an ID token alone gives', { accessToken: '', idToken: 'id-1' }],
    ['the first and the last character that a refresh token may have', { accessToken: 'a', refreshToken: ' ~' }],
    ['the earliest time', { accessToken: 'a', expiresAt: 0 }],
    ['the latest time', { accessToken: 'a', expiresAt: 8_640_000_000_000_000 }],
    ['no scope at all', { accessToken: 'a', scope: [] }],
  ])('comes back with %s', (_name, tokens) => {
    const other = { ...session, tokens };
    expect(parseSession(serializeSession(other), identity)).toEqual({ kind: 'session', session: other });
  });

  it('is absent where nothing is stored', () => {
    expect(parseSession(undefined, identity)).toEqual({ kind: 'absent' });
  });

  const unreadable = [
    { name: 'an empty text', text: '', reason: 'damaged' },
    { name: 'a number', text: '7', reason: 'damaged' },
    { name: 'a list', text: '[]', reason: 'damaged' },
    { name: 'no version', text: withMembers({ version: undefined }), reason: 'damaged' },
    { name: 'an older version', text: withMembers({ version: 0 }), reason: 'damaged' },
    { name: 'a version in words', text: withMembers({ version: '2' }), reason: 'damaged' },
    { name: 'a newer version', text: withMembers({ version: 2, tokens: 'in some new form' }), reason: 'newer' },
    { name: 'no tokens', text: withMembers({ tokens: undefined }), reason: 'damaged' },
    { name: 'an empty access token', text: withMembers({ tokens: { accessToken: '' } }), reason: 'damaged' },
    {
      name: 'a text as expiry',
      text: withMembers({ tokens: { accessToken: 'a', expiresAt: '9' } }),
      reason: 'damaged',
    },
    {
      name: 'an expiry that is no date',
      text: withMembers({ tokens: { accessToken: 'a', expiresAt: 1e300 } }),
      reason: 'damaged',
    },
    {
      name: 'a negative expiry',
      text: withMembers({ tokens: { accessToken: 'a', expiresAt: -1 } }),
      reason: 'damaged',
    },
    {
      name: 'a refresh token that is an object',
      text: withMembers({ tokens: { accessToken: 'a', refreshToken: {} } }),
      reason: 'damaged',
    },
    {
      name: 'scopes in one text',
      text: withMembers({ tokens: { accessToken: 'a', scope: 'openid' } }),
      reason: 'damaged',
    },
    {
      name: 'a command of the shell as access token',
      text: withMembers({ tokens: { accessToken: 'a;touch /tmp/x' } }),
      reason: 'damaged',
    },
    {
      name: 'a line break in the access token',
      text: withMembers({ tokens: { accessToken: 'a\nb' } }),
      reason: 'damaged',
    },
    {
      name: 'a command of the shell as ID token',
      text: withMembers({ tokens: { accessToken: 'a', idToken: '$(id)' } }),
      reason: 'damaged',
    },
    {
      name: 'an escape sequence in the refresh token',
      text: withMembers({ tokens: { accessToken: 'a', refreshToken: '\u001b[2J' } }),
      reason: 'damaged',
    },
    {
      name: 'an escape sequence at the end of the refresh token',
      text: withMembers({ tokens: { accessToken: 'a', refreshToken: 'a\u001b[2J' } }),
      reason: 'damaged',
    },
    {
      name: 'a refresh token that is empty',
      text: withMembers({ tokens: { accessToken: 'a', refreshToken: '' } }),
      reason: 'damaged',
    },
    {
      name: 'a number among the scopes',
      text: withMembers({ tokens: { accessToken: 'a', scope: ['openid', 1] } }),
      reason: 'damaged',
    },
    {
      name: 'an access token that is a number beside an ID token',
      text: withMembers({ tokens: { accessToken: 1, idToken: 'id-1' } }),
      reason: 'damaged',
    },
    {
      name: 'a time past the latest',
      text: withMembers({ tokens: { accessToken: 'a', expiresAt: 8_640_000_000_000_001 } }),
      reason: 'damaged',
    },
    { name: 'tokens in a text', text: withMembers({ tokens: 'a' }), reason: 'damaged' },
    { name: 'no subject', text: withMembers({ subject: null }), reason: 'damaged' },
    { name: 'no name to show', text: withMembers({ displayName: undefined }), reason: 'damaged' },
    { name: 'no time of the sign-in', text: withMembers({ signedInAt: '9' }), reason: 'damaged' },
    { name: 'an API that is no text', text: withMembers({ apiBase: 7 }), reason: 'damaged' },
    { name: 'another profile', text: withMembers({ profile: 'another' }), reason: 'foreign' },
    { name: 'another environment', text: withMembers({ environmentId: 'another' }), reason: 'foreign' },
    { name: 'another issuer', text: withMembers({ issuer: 'https://evil.example/as' }), reason: 'foreign' },
    { name: 'another client', text: withMembers({ clientId: 'another' }), reason: 'foreign' },
    { name: 'a million characters', text: withMembers({ displayName: 'x'.repeat(1_000_000) }), reason: 'too large' },
  ];
  for (const { name, text, reason } of unreadable) {
    it(`with ${name} cannot be read, because it is ${reason}`, () => {
      expect(parseSession(text, identity)).toEqual({ kind: 'unreadable', reason });
    });
  }

  it('comes back at exactly the longest that is kept, and a longer one is refused before it is kept', () => {
    const longest = 512 * 1024;
    const empty = serializeSession({ ...session, displayName: '' }).length;
    const ofLength = (length: number) => ({ ...session, displayName: 'x'.repeat(length - empty) });
    const text = serializeSession(ofLength(longest));
    expect(text).toHaveLength(longest);
    expect(parseSession(text, identity)).toEqual({ kind: 'session', session: ofLength(longest) });
    expect(() => serializeSession(ofLength(longest + 1))).toThrowError(
      expect.objectContaining({
        code: 'session_too_large',
        kind: 'failed',
        message: 'The tokens have 524289 characters, and ping14c stores 524288 at most.',
        hint: expect.stringContaining('Ask for fewer scopes'),
      }),
    );
  });

  it('cut off anywhere cannot be read', () => {
    const text = serializeSession(session);
    for (let length = 0; length < text.length; length++) {
      expect(parseSession(text.slice(0, length), identity)).toEqual({ kind: 'unreadable', reason: 'damaged' });
    }
  });

  it('never throws, whatever is in the store', () => {
    const anything = fc.oneof(
      outsideText,
      fc.json(),
      fc.record({ version: fc.constant(1), tokens: fc.anything() }).map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(anything, (text) => {
        expect(parseSession(text, identity).kind).toBe('unreadable');
      }),
    );
  });
});

describe('the account', () => {
  const others = [
    { profile: 'other' },
    { issuer: 'https://auth.pingone.com/as' },
    { environmentId: 'another' },
    { clientId: 'another' },
  ];
  for (const other of others) {
    it(`is another one with another ${Object.keys(other).join()}`, () => {
      expect(accountOf({ ...identity, ...other })).not.toBe(accountOf(identity));
    });
  }

  it.each([
    ['my profile/1', /^my_profile_1-[0-9a-f]{20}$/],
    ['x'.repeat(100), /^x{32}-[0-9a-f]{20}$/],
  ])('of %s begins with the profile, to be read in a list', (profile, name) => {
    expect(accountOf({ ...identity, profile })).toMatch(name);
  });

  it('is the same in every version: under another name nobody would find their session', () => {
    expect(accountOf(identity)).toBe('default-f76ce533ab145feb635e');
  });

  it('is a file name for any profile, and never the same for two', () => {
    const profiles = fc.uniqueArray(outsideText, { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(profiles, (names) => {
        const [one, other] = names.map((profile) => accountOf({ ...identity, profile }));
        expect(one).toMatch(/^[\w-]{1,60}$/);
        expect(one).not.toBe(other);
      }),
    );
  });
});
