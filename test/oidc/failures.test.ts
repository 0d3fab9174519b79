import { describe, expect, it } from 'vitest';
import { readPreciseError, remedyForCode } from '../../src/oidc/failures.ts';

const id = '3f2c1d9e-0000-4000-8000-000000000001';

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
});

it.each(['constructor', '__proto__', 'toString'])('a server that calls its error %s gets no remedy of ours', (code) => {
  expect(remedyForCode('sign-in', code)).toBeUndefined();
});
