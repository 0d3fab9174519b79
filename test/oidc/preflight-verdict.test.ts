import { describe, expect, it } from 'vitest';
import { judgeAnswer, type PreflightAnswer } from '../../src/oidc/preflight-verdict.ts';
import { fc, outsideText } from '../support/properties.ts';

const question = {
  redirectUri: 'https://127.0.0.1:40123/callback',
  state: 'the-state',
  issuer: 'https://auth.pingone.eu/e/as',
};
const back = (parameters: string, separator = '?') => ({
  status: 302,
  location: `${question.redirectUri}${separator}${parameters}`,
  page: '',
});
const page = (status: number, html: string) => ({ status, page: html });
const json = (code: string, message: string) => ({ status: 400, page: '', error: { code, message, details: [] } });

describe('the answer to a tried authorization request', () => {
  it.each<[string, PreflightAnswer]>([
    ['the sign-on page', { status: 302, location: 'https://apps.pingone.eu/e/signon/?flowId=1', page: '' }],
    ['a relative redirect', { status: 303, location: '/e/signon/?flowId=1', page: '' }],
    ['a code, which nobody can redeem', back('code=1&state=the-state')],
  ])('is fine: %s', (_name, answer) => {
    expect(judgeAnswer(answer, question)).toEqual({ kind: 'fine' });
  });

  it.each(['<', '<a ', '<!--', '<script', '</script ', '&', ' '])(
    // A step for each pair of characters would take minutes.
    'keeps nobody waiting, were it a megabyte of %j',
    (unit) => {
      expect(judgeAnswer(page(400, unit.repeat(1_000_000 / unit.length)), question).kind).toBe('passedOver');
    },
    20_000,
  );

  it.each<[string, string, PreflightAnswer]>([
    ['redirectUri', 'redirect_uri_mismatch', page(400, '<h1>Oops</h1><p>Redirect <b>URI</b> mismatch')],
    ['redirectUri', 'redirect_uri_mismatch', json('INVALID_VALUE', 'Redirect URI mismatch')],
    ['redirectUri', 'redirect_uri_mismatch', page(400, '<pre>error: invalid_redirect_uri</pre>')],
    ['redirectUri', 'redirect_uri_mismatch', page(400, 'redirectUri mismatch')],
    ['client', 'unknown_client', page(400, 'The application is unknown or disabled')],
    ['client', 'unknown_client', page(403, 'Client is disabled')],
    ['client', 'unknown_client', page(404, 'Unknown client')],
    ['client', 'unknown_client', page(400, '<strong>error</strong>: invalid_client')],
    [
      'place',
      'NOT_FOUND',
      json('NOT_FOUND', 'The request could not be completed. The requested resource was not found.'),
    ],
    [
      'place',
      'NOT_FOUND',
      page(404, '<p>The request could not be completed.\n  The requested resource was not found.</p>'),
    ],
    ['place', 'NOT_FOUND', page(404, '<h1>NOT_FOUND</h1>')],
    ...[
      'invalid_request',
      'unauthorized_client',
      'unsupported_response_type',
      'invalid_target',
      'request_not_supported',
    ].map((code): [string, string, PreflightAnswer] => ['request', code, back(`error=${code}&state=the-state`)]),
    ['request', 'invalid_scope', back('error=invalid_scope&state=the-state', '#')],
  ])('is refused for its %s: %s', (fault, code, answer) => {
    expect(judgeAnswer(answer, question)).toMatchObject({ kind: 'refused', fault, error: { code } });
  });

  it.each<[string, PreflightAnswer]>([
    ['a server that is down', page(503, 'Redirect URI mismatch')],
    ['a page without an error', page(200, 'Redirect URI mismatch')],
    ['a captcha', page(403, '<h1>Are you a robot?</h1>')],
    ['too many requests', page(429, '')],
    ['a page that some web server lacks', page(404, '<h1>404 Not Found</h1>The requested resource was not found.')],
    [
      'words that a page keeps for another occasion',
      page(400, '<script>t={a:"Redirect URI mismatch"}</script><p>Try again'),
    ],
    ['a redirect to nowhere', { status: 302, page: '' }],
    ['a redirect to no address', { status: 302, location: 'https://[', page: '' }],
    ['an error that depends on who asks', back('error=login_required&state=the-state')],
    ['a moment of weakness', back('error=temporarily_unavailable&state=the-state')],
    ['an error for another state', back('error=invalid_scope&state=another')],
    ['an error of another server', back('error=invalid_scope&state=the-state&iss=https%3A%2F%2Fevil.example')],
  ])('is passed over: %s', (_name, answer) => {
    expect(judgeAnswer(answer, question).kind).toBe('passedOver');
  });

  it('takes the correlation ID out of the words', () => {
    const answer = back('error=invalid_scope&error_description=No+such+scope+(Correlation+ID:+c-1)&state=the-state');
    expect(judgeAnswer(answer, question)).toMatchObject({ error: { message: 'No such scope', correlationId: 'c-1' } });
  });

  it('never refuses for what it does not know, whatever comes', () => {
    const answers = fc.record({
      status: fc.integer({ min: 200, max: 599 }),
      page: outsideText,
      location: fc.option(fc.oneof(fc.webUrl({ withQueryParameters: true, withFragments: true }), outsideText), {
        nil: undefined,
      }),
    });
    fc.assert(
      fc.property(answers, (answer) => {
        expect(['fine', 'passedOver']).toContain(judgeAnswer(answer, question).kind);
      }),
    );
  });
});
