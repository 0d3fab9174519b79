import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { displayNameOf } from '../../src/oidc/claims.ts';
import { isHashOf } from '../../src/oidc/id-token.ts';
import { fc } from '../support/properties.ts';

describe('at_hash', () => {
  it('is that of the example in OpenID Connect Core, appendix A.3', () => {
    expect(isHashOf('77QmUPtjPfzWtF2AnpK9RQ', 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y')).toBe(true);
  });

  it('is the left half of the SHA-256 of the access token, and nothing else is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), fc.anything(), (accessToken, claimed) => {
        const digest = createHash('sha256').update(accessToken).digest();
        expect(isHashOf(digest.subarray(0, 16).toString('base64url'), accessToken)).toBe(true);
        expect(isHashOf(digest.toString('base64url'), accessToken)).toBe(false);
        expect(isHashOf(claimed, accessToken)).toBe(false);
      }),
    );
  });
});

describe('what to call the person', () => {
  it.each([
    [{ name: 'Ada Lovelace', email: 'ada@example.com' }, 'Ada Lovelace (ada@example.com)'],
    [{ given_name: 'Ada', family_name: 'Lovelace' }, 'Ada Lovelace'],
    [{ family_name: 'Lovelace', preferred_username: 'ada' }, 'Lovelace'],
    [{ preferred_username: 'ada', email: 'ada@example.com' }, 'ada (ada@example.com)'],
    [{ preferred_username: 'ada@example.com', email: 'ada@example.com' }, 'ada@example.com'],
    [{ email: 'ada@example.com' }, 'ada@example.com'],
    [{ name: '  ', sub: 'd1' }, 'd1'],
    [{ name: 7, email: ['x'], sub: 'd1' }, 'd1'],
    [{}, 'an unnamed user'],
  ])('%j is "%s"', (claims, name) => {
    expect(displayNameOf(claims)).toBe(name);
  });
});
