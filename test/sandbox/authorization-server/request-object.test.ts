import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Application } from '../../../src/sandbox/seed/applications.ts';
import { plainRequest } from '../../support/plain-request.ts';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';
import {
  applicationNamed,
  authorizeUrl,
  basic,
  formOf,
  id,
  type Parameters,
  post,
  refusalOf,
  seedWith,
} from '../../support/sandbox-client.ts';

/** An application that has a secret to sign with, and authenticates by Basic. */
const { clientId, clientSecret = '' } = applicationNamed(id('02'));
const inside = {
  ...Object.fromEntries(new URL(authorizeUrl({ issuer: 'https://as.example' })).searchParams),
  client_id: clientId,
  state: 'from inside',
  prompt: 'none',
};
const signed = (claims: Parameters = inside, secret = clientSecret) =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));
const unsigned = async () => new UnsecuredJWT({ ...inside }).encode();

const sandboxWith = (changes: Partial<Application>) => startTestSandbox({ seed: seedWith(clientId, changes) });
const push = (sandbox: TestSandbox, form: Parameters) => post(sandbox, 'par', form, basic(clientId, clientSecret));

/** Goes to authorize with the object, at once or pushed, and says what the application is told. */
const told = async (sandbox: TestSandbox, request: string, way: 'direct' | 'pushed') => {
  if (way === 'direct') return refusalOf(sandbox, { client_id: clientId, request });
  const { request_uri } = (await push(sandbox, { request })).json();
  const url = `${sandbox.issuer}/authorize?${formOf({ client_id: clientId, request_uri: String(request_uri) })}`;
  const { headers } = await plainRequest(sandbox.certificate.cert, url);
  return new URL(String(headers.location)).searchParams;
};

describe('a request object', () => {
  it.each(['direct', 'pushed'] as const)(
    'signed with the client’s secret stands for the parameters: %s',
    async (way) => {
      const sandbox = await startTestSandbox();
      const answer = await told(sandbox, await signed(), way);
      expect([answer.get('error'), answer.get('state')]).toEqual(['login_required', 'from inside']);
    },
  );

  it.each(['direct', 'pushed'] as const)('may be unsigned where the application says so: %s', async (way) => {
    const sandbox = await sandboxWith({ supportUnsignedRequestObject: true });
    const answer = await told(sandbox, await unsigned(), way);
    expect([answer.get('error'), answer.get('state')]).toEqual(['login_required', 'from inside']);
  });

  it.each<[string, () => Promise<string>, Partial<Application>]>([
    ['signed by somebody else', () => signed(inside, 'another-secret-that-is-as-long-as-the-real-one'), {}],
    ['not signed at all', unsigned, {}],
    [
      'not signed, where it must be',
      unsigned,
      { supportUnsignedRequestObject: true, requireSignedRequestObject: true },
    ],
    ['no JWT', async () => 'nonsense', { supportUnsignedRequestObject: true }],
    ['of another client', () => signed({ ...inside, client_id: id('01') }), {}],
    ['with another one in it', async () => signed({ ...inside, request: await signed() }), {}],
    ['expired', () => signed({ ...inside, exp: 1 } as unknown as Parameters), {}],
  ])('%s is refused, at authorize on a page and at par in JSON', async (_name, make, changes) => {
    const sandbox = await sandboxWith(changes);
    const request = await make();
    const page = await plainRequest(sandbox.certificate.cert, authorizeUrl(sandbox, { client_id: clientId, request }));
    expect({ status: page.status, location: page.headers.location }).toEqual({ status: 400, location: undefined });
    const answer = await push(sandbox, { request });
    expect({ status: answer.status, error: answer.json()['error'] }).toEqual({
      status: 400,
      error: 'invalid_request_object',
    });
  });

  it.each([
    ['claims', '{"id_token":{"acr":null}}'],
    ['aud', '["https://as.example"]'],
    ['state', '{"toString":null}'],
    ['state', '['.repeat(5000) + ']'.repeat(5000)],
  ])('may have %s that is no text, which is passed over', async (name, value) => {
    const sandbox = await sandboxWith({ supportUnsignedRequestObject: true });
    const { state: _, ...others } = inside;
    const parts = ['{"alg":"none"}', JSON.stringify(others).replace(/}$/, `,"${name}":${value}}`)];
    const request = `${parts.map((part) => Buffer.from(part).toString('base64url')).join('.')}.`;
    const answer = await told(sandbox, request, 'pushed');
    expect([answer.get('error'), answer.get('state')]).toEqual(['login_required', null]);
  });

  it('keeps nobody waiting who has a megabyte of claims', async () => {
    const sandbox = await startTestSandbox();
    const claims = Array.from({ length: 60_000 }, (_, index) => [`x${index.toString(36)}`, 1]);
    const request = await signed({ ...inside, ...Object.fromEntries(claims) });
    // A step for each pair of them would take a minute.
    expect((await push(sandbox, { request })).status).toBe(201);
  }, 20_000);

  it('is refused at par for what authorize would refuse', async () => {
    const sandbox = await startTestSandbox();
    const answer = await push(sandbox, { request: await signed({ ...inside, scope: 'nonsense' }) });
    expect({ status: answer.status, error: answer.json()['error'] }).toEqual({ status: 400, error: 'invalid_scope' });
  });

  it('is demanded where the application requires a signed one', async () => {
    const sandbox = await sandboxWith({ requireSignedRequestObject: true });
    const url = authorizeUrl(sandbox, { client_id: clientId });
    const headers = { accept: 'application/json' };
    const refused = await plainRequest(sandbox.certificate.cert, url, { headers });
    const message = 'The "request" must be supplied when requireSignedRequestObject is on.';
    expect([refused.status, refused.json()]).toMatchObject([
      400,
      { code: 'INVALID_DATA', details: [{ code: 'INVALID_VALUE', target: 'request', message }] },
    ]);
    const plain = Object.fromEntries(new URL(authorizeUrl(sandbox, { client_id: clientId })).searchParams);
    expect((await push(sandbox, plain)).json()['error']).toBe('invalid_request');
    expect((await told(sandbox, await signed(), 'pushed')).get('error')).toBe('login_required');
  });
});
