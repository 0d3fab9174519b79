import { describe, expect, it } from 'vitest';
import { plainRequest } from '../../support/plain-request.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import {
  applicationNamed,
  authorizeUrl,
  basic,
  formOf,
  id,
  type Parameters,
  post,
  refusalOf,
  seedWithNative,
} from '../../support/sandbox-client.ts';

describe('a pushed authorization request', () => {
  const pushed = { client_id: applicationNamed('c0000000-0000-4000-8000-000000000001').clientId };
  const push = (sandbox: Awaited<ReturnType<typeof startTestSandbox>>, changes: Parameters = {}) =>
    plainRequest(sandbox.certificate.cert, `${sandbox.issuer}/par`, {
      form: formOf({ ...Object.fromEntries(new URL(authorizeUrl(sandbox)).searchParams), ...changes }),
    });

  it('stands for its parameters once', async () => {
    const sandbox = await startTestSandbox();
    const answer = await push(sandbox);
    expect({ status: answer.status, ...answer.json() }).toEqual({
      status: 201,
      request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:/),
      expires_in: 60,
    });
    const url = `${sandbox.issuer}/authorize?${formOf({ ...pushed, request_uri: String(answer.json()['request_uri']) })}`;
    const statuses = [];
    for (const _time of [1, 2]) statuses.push((await plainRequest(sandbox.certificate.cert, url)).status);
    expect(statuses).toEqual([302, 400]);
  });

  it('may name its client beside Basic, but no other one', async () => {
    const sandbox = await startTestSandbox();
    const { clientId, clientSecret = '' } = applicationNamed(id('02'));
    const form = { ...Object.fromEntries(new URL(authorizeUrl(sandbox)).searchParams), client_id: clientId };
    const headers = basic(clientId, clientSecret);
    expect((await post(sandbox, 'par', form, headers)).status).toBe(201);
    expect((await post(sandbox, 'par', { ...form, client_id: pushed.client_id }, headers)).status).toBe(401);
  });

  it('is refused at once for what authorize would refuse', async () => {
    const sandbox = await startTestSandbox();
    const answer = await push(sandbox, { redirect_uri: 'https://example.com/' });
    expect({ status: answer.status, ...answer.json() }).toMatchObject({
      status: 400,
      error: 'invalid_request',
      error_description: expect.stringContaining('Redirect URI mismatch'),
    });
    expect(sandbox.requests().at(-1)?.notice).toMatch(
      /^sent: https:\/\/example\.com\/; registered with "ping14c \(native, public\)": https:\/\/127\.0\.0\.1\/callback, .* ping14c sandbox --redirect-uri https:\/\/example\.com\/$/,
    );
  });

  it('lives as long as its application says', async () => {
    const sandbox = await startTestSandbox({ seed: seedWithNative({ parTimeout: 600 }) });
    const answer = await push(sandbox);
    expect(answer.json()['expires_in']).toBe(600);
    sandbox.advance({ seconds: 599 });
    const url = `${sandbox.issuer}/authorize?${formOf({ ...pushed, request_uri: String(answer.json()['request_uri']) })}`;
    expect((await plainRequest(sandbox.certificate.cert, url)).status).toBe(302);
  });

  it('may be large, but stays below a megabyte', async () => {
    const sandbox = await startTestSandbox();
    const statuses = [];
    for (const length of [1_000_000, 1024 * 1024]) {
      statuses.push((await push(sandbox, { login_hint: 'x'.repeat(length) })).status);
    }
    expect(statuses).toEqual([201, 413]);
  });

  it('is demanded where the application requires it', async () => {
    const sandbox = await startTestSandbox({ seed: seedWithNative({ parRequirement: 'REQUIRED' }) });
    const told = await refusalOf(sandbox, {});
    expect(told.get('error')).toBe('invalid_request');
  });
});
