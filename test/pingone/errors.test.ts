import { describe, expect, it } from 'vitest';
import { apiFailure, oauthError, pingOneErrorIn, readPingOneError } from '../../src/pingone/errors.ts';
import { passwordRefusal } from '../../src/pingone/password.ts';
import { asRead } from '../support/failures.ts';
import { fc, outsideText } from '../support/properties.ts';

describe('PingOne’s errors', () => {
  it('are read with details and correlation ID', () => {
    const body = {
      id: 'c0ffee00-0000-4000-8000-00000000c0de',
      code: 'INVALID_DATA',
      message: 'Validation Error : [email must be a well-formed email address]',
      details: [
        { code: 'INVALID_VALUE', target: 'email', message: 'must be well-formed', innerError: { a: 1 } },
        'odd',
      ],
    };
    expect(pingOneErrorIn(body)).toEqual({
      code: 'INVALID_DATA',
      message: body.message,
      correlationId: body.id,
      details: [{ code: 'INVALID_VALUE', target: 'email', message: 'must be well-formed', innerError: { a: 1 } }],
    });
  });

  it('of the OAuth sort give up the correlation ID in their description', () => {
    const body = { error: 'invalid_client', error_description: 'Request denied: No (Correlation ID: abc-1)' };
    expect(pingOneErrorIn(body)).toEqual({
      code: 'invalid_client',
      message: 'Request denied: No',
      correlationId: 'abc-1',
      details: [],
    });
  });

  it.each([[null], ['text'], [[]], [{}], [{ code: 7 }], [{ message: 'only' }]])('%j is none of them', (body) => {
    expect(pingOneErrorIn(body)).toBeUndefined();
  });

  it.each([
    [400, 5, undefined],
    [401, 4, 'Sign in again with "ping14c login".'],
    [403, 5, 'Check that the application grants the scope: "ping14c whoami" lists them.'],
    [404, 5, undefined],
    [415, 5, undefined],
    [429, 1, 'Try again in a moment.'],
    [499, 5, undefined],
    [500, 1, "Try again in a moment. PingOne's support can use the correlation ID."],
  ])('status %i ends with exit code %i and says what can be done: %s', (status, exitCode, hint) => {
    const failure = apiFailure(status, { code: 'X', message: 'm', details: [] });
    expect({ exitCode: failure.exitCode, hint: asRead(failure).hint }).toEqual({ exitCode, hint });
  });

  it('without words of their own are told by their code', () => {
    const error = pingOneErrorIn({ code: 'NOT_FOUND', details: [{ code: 'GONE', target: 'user' }, {}] });
    expect(error && apiFailure(404, error)).toMatchObject({
      message: 'NOT_FOUND',
      details: [{ message: 'GONE', target: 'user', code: 'GONE' }],
    });
  });

  it.each([
    ['PASSWORD_TOO_YOUNG', 403, /minimum age/],
    ['PASSWORD_LOCKED_OUT', 423, /administrator/],
    ['INVALID_DATA', 400, /^Nothing was changed/],
  ])('without details and %s at the top say what became of the password', (code, status, hint) => {
    expect(asRead(passwordRefusal(status, { code, message: 'm', details: [] }, { now: 0 })).hint).toMatch(hint);
  });

  it('of any shape become words, never a crash', () => {
    const detail = fc.record(
      {
        code: fc.oneof(fc.constantFrom('PASSWORD_LOCKED_OUT', 'INVALID_VALUE'), fc.oneof(fc.jsonValue(), outsideText)),
        target: fc.oneof(fc.constantFrom('currentPassword', 'newPassword'), fc.oneof(fc.jsonValue(), outsideText)),
        message: fc.oneof(fc.jsonValue(), outsideText),
        innerError: fc.oneof(
          fc.record({ unsatisfiedRequirements: fc.oneof(fc.jsonValue(), outsideText) }),
          fc.jsonValue(),
        ),
      },
      { requiredKeys: [] },
    );
    const body = fc.record({
      code: outsideText.filter((code) => code !== ''),
      message: fc.oneof(fc.jsonValue(), outsideText),
      details: fc.array(detail),
    });
    fc.assert(
      fc.property(body, fc.integer({ min: 400, max: 499 }), (json, status) => {
        const error = pingOneErrorIn(json);
        if (!error) throw new Error('an object with a code is an error of PingOne');
        const failure = passwordRefusal(status, error, { now: 0 });
        expect(failure.message).not.toBe('');
        expect(failure.details.every(({ message }) => message !== '')).toBe(true);
      }),
    );
  });

  it('are not found in any other answer, and none is too strange to be looked at', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(outsideText, fc.json()), async (body) => {
        const error = await readPingOneError(new Response(body));
        expect(error === undefined || typeof error.code === 'string').toBe(true);
      }),
    );
  });
});

const id = '3f2c1d9e-0000-4000-8000-000000000001';

describe('an error description', () => {
  it.each([
    [
      `Request denied: Unsupported authentication method (Correlation ID: ${id})`,
      'Request denied: Unsupported authentication method',
      id,
    ],
    [`\n No such thing. (correlation id: ${id} ) \n`, 'No such thing.', id],
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

  it('is cut between two words where it is very long, so that the beginning of no secret is left', () => {
    expect(oauthError('x', `${'a '.repeat(2_000)}${'opaque-token'.repeat(100)}`).message).toBe(
      `${'a '.repeat(2_000).trim()}…`,
    );
    expect(oauthError('x', 'opaque-token'.repeat(1_000)).message).toBe('…');
  });

  it('loses nothing of a text without a correlation ID but the space around it', () => {
    fc.assert(
      fc.property(outsideText, (text) => {
        expect(oauthError('x', text).message.trim()).toBe(text.trim());
      }),
    );
  });
});
