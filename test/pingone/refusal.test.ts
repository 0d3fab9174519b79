import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { remedyFor } from '../../src/oidc/failures.ts';
import { described, refusalIn } from '../../src/pingone/errors.ts';

const id = '3f2c1d9e-0000-4000-8000-000000000001';

describe('an error description', () => {
  it.each([
    [
      `Request denied: Unsupported authentication method (Correlation ID: ${id})`,
      'Request denied: Unsupported authentication method',
      id,
    ],
    ['No such thing', 'No such thing', undefined],
    [`(Correlation ID: ${id})`, '', id],
    ['', '', undefined],
    [undefined, '', undefined],
  ])('%j is parted from its correlation ID', (text, description, correlationId) => {
    expect(described(text)).toEqual({ description, correlationId });
  });

  it('takes the correlation ID from the header where the text has none', () => {
    const response = new Response(null, { headers: { 'correlation-id': id } });
    expect(described('No', response)).toEqual({ description: 'No', correlationId: id });
  });

  it.each([
    ['space', `(Correlation ID: ${' '.repeat(500_000)}x`],
    ['words', `${'a '.repeat(250_000)}${' '.repeat(250_000)}!`],
  ])(
    'of half a megabyte of %s does not keep anybody waiting',
    (_, text) => {
      // A step for each pair of characters would take minutes.
      expect(described(text).description.length).toBeLessThan(5000);
    },
    20_000,
  );

  it('loses nothing of a text without a correlation ID but the space around it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(described(text).description.trim()).toBe(text.trim());
      }),
    );
  });
});

describe('a refusal', () => {
  it('is read from either of the two grammars', async () => {
    const oauth = { error: 'invalid_grant', error_description: `Dead (Correlation ID: ${id})` };
    const platform = {
      id,
      code: 'ACCESS_FAILED',
      message: 'No',
      details: [{ code: 'INVALID_TOKEN', message: 'Expired' }],
    };
    expect(await refusalIn(Response.json(oauth))).toEqual({
      code: 'invalid_grant',
      description: 'Dead',
      correlationId: id,
    });
    expect(await refusalIn(Response.json(platform))).toEqual({
      code: 'invalid_token',
      description: 'Expired',
      correlationId: id,
    });
  });

  it('is not found in any other answer, and none is too strange to be looked at', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (body) => {
        const refusal = await refusalIn(new Response(body));
        expect(refusal === undefined || typeof refusal.code === 'string').toBe(true);
      }),
    );
  });
});

it.each(['constructor', '__proto__', 'toString'])('a server that calls its error %s gets no remedy of ours', (code) => {
  expect(remedyFor('sign-in', code)).toBeUndefined();
});
