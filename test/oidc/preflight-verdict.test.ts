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
const elsewhere = (location: string) => ({ status: 302, location, page: '' });
const page = (status: number, html: string) => ({ status, page: html });
const json = (code: string, message: string) => ({ status: 400, page: '', error: { code, message, details: [] } });

describe('the answer to a tried authorization request', () => {
  it.each<[string, PreflightAnswer]>([
    ['the sign-on page', { status: 302, location: 'https://apps.pingone.eu/e/signon/?flowId=1', page: '' }],
    ['a relative redirect', { status: 303, location: '/e/signon/?flowId=1', page: '' }],
    [
      'the sign-on page, which the browser may choose',
      { ...elsewhere('https://apps.pingone.eu/e/signon/'), status: 300 },
    ],
    ['a code, which nobody can redeem', back('code=1&state=the-state')],
    ['an error at another port of this machine', elsewhere('https://127.0.0.1:40124/callback?error=invalid_scope')],
    ['an error at another path', elsewhere('https://127.0.0.1:40123/other?error=invalid_scope')],
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
    ['client', 'unknown_client', page(499, '<script>let x;</script>Unknown<!-- --><style>p {}</style \n>client')],
    ['client', 'unknown_client', page(400, '<strong>error</strong>: invalid_client')],
    [
      'client',
      'unknown_client',
      json('NOT_FOUND', 'The request could not be completed. The requested resource was not found.'),
    ],
    [
      'client',
      'unknown_client',
      page(404, '<p>The request could not be completed.\n  The requested resource was not found.</p>'),
    ],
    ['client', 'unknown_client', page(404, '<h1>NOT_FOUND</h1>')],
    ...[
      'invalid_request',
      'unauthorized_client',
      'unsupported_response_type',
      'invalid_target',
      'request_not_supported',
    ].map((code): [string, string, PreflightAnswer] => ['request', code, back(`error=${code}&state=the-state`)]),
    ['request', 'invalid_scope', back('error=invalid_scope&state=the-state', '#')],
    ['request', 'invalid_scope', back(`error=invalid_scope&state=the-state&iss=${question.issuer}`)],
  ])('is refused for its %s: %s', (fault, code, answer) => {
    expect(judgeAnswer(answer, question)).toMatchObject({ kind: 'refused', fault, error: { code } });
  });

  const ofStatus = (status: number) => `status ${status}, for a reason that is not understood`;
  it.each<[string, PreflightAnswer, reason: string]>([
    ['a server that is down', page(503, 'Redirect URI mismatch'), 'status 503'],
    ['a server that has failed', page(500, 'Redirect URI mismatch'), 'status 500'],
    ['a page without an error', page(200, 'Redirect URI mismatch'), 'status 200'],
    ['a captcha', page(403, '<h1>Are you a robot?</h1>'), ofStatus(403)],
    ['too many requests', page(429, ''), ofStatus(429)],
    [
      'a page that some web server lacks',
      page(404, '<h1>404 Not Found</h1>The requested resource was not found.'),
      ofStatus(404),
    ],
    ...[
      '<script>t={a:"Redirect URI mismatch"}</script><p>Try again',
      '<SCRIPT type="module">t="Redirect URI mismatch"',
      '<style>.a{content:"Redirect URI mismatch"}</style\n>Try again',
      '<!-- Redirect URI mismatch -->Try again',
      '<!-- Redirect URI mismatch',
      '<p title="Redirect URI mismatch">Try again',
    ].map((html): [string, PreflightAnswer, string] => [
      `words that a page keeps for another occasion, ${html}`,
      page(400, html),
      ofStatus(400),
    ]),
    ['a redirect to nowhere', { status: 302, page: '' }, 'a redirect to nowhere'],
    ['a redirect to no address', elsewhere('https://['), 'a redirect to nowhere'],
    [
      'an error that depends on who asks',
      back('error=login_required&state=the-state'),
      'an answer that depends on who asks (login_required)',
    ],
    [
      'a moment of weakness',
      back('error=temporarily_unavailable&state=the-state'),
      'an answer that depends on who asks (temporarily_unavailable)',
    ],
    ['an error for another state', back('error=invalid_scope&state=another'), 'an answer that is not ours'],
    [
      'an error of another server',
      back('error=invalid_scope&state=the-state&iss=https%3A%2F%2Fevil.example'),
      'an answer that is not ours',
    ],
  ])('is passed over: %s', (_name, answer, reason) => {
    expect(judgeAnswer(answer, question)).toEqual({ kind: 'passedOver', reason });
  });

  it.each<[string, PreflightAnswer, message: string]>([
    ['those of the page', page(400, '<p>The  client is\ndisabled, sorry'), 'The client is disabled'],
    ['those of the error', json('INVALID_VALUE', 'Redirect URI mismatch: no'), 'Redirect URI mismatch: no'],
    ['the code, where it has no others', json('NOT_FOUND', ''), 'NOT_FOUND'],
  ])('is refused in the server’s own words: %s', (_whose, answer, message) => {
    expect(judgeAnswer(answer, question)).toMatchObject({ kind: 'refused', error: { message } });
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
