import { describe, expect, it } from 'vitest';
import { plainRequest } from '../../support/plain-request.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { id, type Parameters, post, told } from '../../support/sandbox-client.ts';

describe('malformed token requests', () => {
  it.each<[string, Parameters, string]>([
    ['without grant type', {}, 'invalid_request'],
    ['with an unknown grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['without a code', { grant_type: 'authorization_code', client_id: id('01') }, 'invalid_request'],
    ['without a refresh token', { grant_type: 'refresh_token', client_id: id('01') }, 'invalid_request'],
    [
      'with a made-up refresh token',
      { grant_type: 'refresh_token', client_id: id('01'), refresh_token: 'x' },
      'invalid_grant',
    ],
  ])('%s', async (_name, form, error) => {
    const sandbox = await startTestSandbox();
    expect(told(await post(sandbox, 'token', form))).toMatchObject({ status: 400, error });
  });

  it('are told by their media type and their size', async () => {
    const { certificate, issuer } = await startTestSandbox();
    const send = (body: string, type: string) =>
      plainRequest(certificate.cert, `${issuer}/token`, { method: 'POST', headers: { 'content-type': type }, body });
    const answers = [await send('{}', 'application/json'), await send('x'.repeat(70_000), 'text/plain')];
    expect(answers.map(({ status }) => status)).toEqual([400, 413]);
  });

  it('are refused by other methods than POST', async () => {
    const { certificate, issuer } = await startTestSandbox();
    const answer = await plainRequest(certificate.cert, `${issuer}/token`);
    expect({ status: answer.status, allow: answer.headers.allow }).toEqual({ status: 405, allow: 'POST' });
  });
});
