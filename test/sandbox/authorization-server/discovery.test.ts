import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { respond } from '../../../src/sandbox/response.ts';
import { plainRequest } from '../../support/plain-request.ts';
import { startTestSandbox } from '../../support/sandbox.ts';

const hs = ['HS256', 'HS384', 'HS512'];
const rs = ['RS256', 'RS384', 'RS512'];

describe('the discovery document', () => {
  it('has every field and value that was recorded from PingOne, in the recorded order', async () => {
    const { certificate, issuer, origin, environmentId } = await startTestSandbox();
    const answer = await plainRequest(certificate.cert, `${issuer}/.well-known/openid-configuration`);
    expect(issuer).toBe(`${origin}/${environmentId}/as`);
    expect(Object.entries(answer.json())).toEqual([
      ['issuer', issuer],
      ['authorization_endpoint', `${issuer}/authorize`],
      ['pushed_authorization_request_endpoint', `${issuer}/par`],
      ['token_endpoint', `${issuer}/token`],
      ['userinfo_endpoint', `${issuer}/userinfo`],
      ['jwks_uri', `${issuer}/jwks`],
      ['end_session_endpoint', `${issuer}/signoff`],
      ['ping_end_idp_session_endpoint', `${issuer}/idpSignoff`],
      ['introspection_endpoint', `${issuer}/introspect`],
      ['revocation_endpoint', `${issuer}/revoke`],
      ['device_authorization_endpoint', `${issuer}/device_authorization`],
      ['claims_parameter_supported', false],
      ['request_parameter_supported', true],
      ['request_uri_parameter_supported', false],
      ['require_pushed_authorization_requests', false],
      ['scopes_supported', ['openid', 'profile', 'email', 'address', 'phone', 'offline_access']],
      [
        'response_types_supported',
        ['code', 'id_token', 'token id_token', 'code id_token', 'code token', 'code token id_token'],
      ],
      ['response_modes_supported', ['pi.flow', 'query', 'fragment', 'form_post']],
      [
        'grant_types_supported',
        [
          'authorization_code',
          'implicit',
          'client_credentials',
          'refresh_token',
          'urn:ietf:params:oauth:grant-type:device_code',
        ],
      ],
      ['subject_types_supported', ['public']],
      ['id_token_signing_alg_values_supported', ['RS256']],
      ['userinfo_signing_alg_values_supported', ['none']],
      ['request_object_signing_alg_values_supported', ['none', ...hs, ...rs]],
      [
        'token_endpoint_auth_methods_supported',
        ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'],
      ],
      ['token_endpoint_auth_signing_alg_values_supported', [...hs, ...rs]],
      ['claim_types_supported', ['normal']],
      [
        'claims_supported',
        [
          ...['sub', 'iss', 'auth_time', 'acr', 'name', 'given_name', 'family_name', 'middle_name'],
          ...['preferred_username', 'profile', 'picture', 'zoneinfo', 'phone_number', 'updated_at', 'address'],
          ...['email', 'locale'],
        ],
      ],
      ['code_challenge_methods_supported', ['plain', 'S256']],
    ]);
  });

  it('comes with the headers that all of PingOne’s answers have', async () => {
    const { certificate, issuer } = await startTestSandbox();
    const { headers } = await plainRequest(certificate.cert, `${issuer}/.well-known/openid-configuration`);
    expect(headers).toMatchObject({
      'correlation-id': expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
      'content-type': 'application/json;charset=UTF-8',
      'cache-control': expect.stringContaining('no-store'),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      date: expect.any(String),
      expires: '0',
      pragma: 'no-cache',
      vary: 'Origin',
      via: '1.1 sandbox',
      'x-amzn-requestid': headers['correlation-id'],
    });
  });

  it.each([
    ['127.0.0.1', 'max-age=31536000; includeSubDomains'],
    ['[::1]:8443', 'max-age=31536000; includeSubDomains'],
    ['localhost:8443', 'max-age=0'],
    ['sandbox.example', 'max-age=0'],
  ])('leaves no HSTS behind but where browsers pass it over: at %s', (host, told) => {
    const outgoing = new ServerResponse(new IncomingMessage(new Socket()));
    respond(outgoing, { correlationId: 'x', headers: { host } }, { status: 200 });
    expect(outgoing.getHeader('strict-transport-security')).toBe(told);
  });
});
