import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { respond } from '../../src/sandbox/response.ts';
import { plainRequest } from '../support/plain-request.ts';
import { startTestSandbox } from '../support/sandbox.ts';

describe('every answer', () => {
  it('comes with the headers that all of PingOne’s answers have', async () => {
    const { certificate, issuer } = await startTestSandbox();
    const { headers } = await plainRequest(certificate.cert, `${issuer}/.well-known/openid-configuration`);
    expect(headers).toMatchObject({
      'correlation-id': expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
      'content-type': 'application/json;charset=UTF-8',
      'cache-control': expect.stringContaining('no-store'),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-xss-protection': '1; mode=block',
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
