import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPreciseError, remedyForCode } from '../../src/oidc/failures.ts';
import { oauthError, readPingOneError } from '../../src/pingone/errors.ts';

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
  ])('%j is parted from its correlation ID', (text, message, correlationId) => {
    expect(oauthError('x', text)).toEqual({ code: 'x', message, correlationId, details: [] });
  });

  it('takes the correlation ID from the header where the text has none', () => {
    const headers = new Headers({ 'correlation-id': id });
    expect(oauthError('x', 'No', headers)).toMatchObject({ message: 'No', correlationId: id });
  });

  it.each([
    ['space', `(Correlation ID: ${' '.repeat(500_000)}x`],
    ['words', `${'a '.repeat(250_000)}${' '.repeat(250_000)}!`],
  ])(
    'of half a megabyte of %s does not keep anybody waiting',
    (_, text) => {
      // A step for each pair of characters would take minutes.
      expect(oauthError('x', text).message.length).toBeLessThan(5000);
    },
    20_000,
  );

  it('loses nothing of a text without a correlation ID but the space around it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(oauthError('x', text).message.trim()).toBe(text.trim());
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
    expect(await readPreciseError(Response.json(oauth))).toMatchObject({
      code: 'invalid_grant',
      message: 'Dead',
      correlationId: id,
    });
    expect(await readPreciseError(Response.json(platform))).toMatchObject({
      code: 'invalid_token',
      message: 'Expired',
      correlationId: id,
    });
  });

  it('is not found in any other answer, and none is too strange to be looked at', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (body) => {
        const error = await readPingOneError(new Response(body));
        expect(error === undefined || typeof error.code === 'string').toBe(true);
      }),
    );
  });
});

it.each(['constructor', '__proto__', 'toString'])('a server that calls its error %s gets no remedy of ours', (code) => {
  expect(remedyForCode('sign-in', code)).toBeUndefined();
});
