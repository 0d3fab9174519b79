import { describe, expect, it } from 'vitest';
import { wrongAnswer } from '../../src/http/wrong-answer.ts';

const issuer = 'https://auth.pingone.eu/e0000000-0000-4000-8000-000000000001/as';
const date = 'Wed, 21 Oct 2026 07:28:00 GMT';

/** As somebody may answer any request; the body says nothing that counts. */
const answer = (status: number, headers: Record<string, string> = {}) =>
  wrongAnswer(new Response(null, { status, headers }), { url: issuer, baseFlag: '--auth-url' });

describe('the wait that a server asks for', () => {
  it.each([
    [429, { 'retry-after': '30' }, 'Try again in 30 seconds: the server has asked for that.'],
    [503, { 'retry-after': '120' }, 'Try again in 2 minutes: the server has asked for that.'],
    [
      429,
      { 'retry-after': 'Wed, 21 Oct 2026 07:29:00 GMT', date },
      'Try again in 1 minute: the server has asked for that.',
    ],
    [429, { 'retry-after': 'Wed, 21 Oct 2026 07:27:00 GMT', date }, 'Try again in a moment.'],
    [429, { 'retry-after': 'Wed, 21 Oct 2026 07:29:00 GMT' }, 'Try again in a moment.'],
    [429, { 'retry-after': '-5' }, 'Try again in a moment.'],
    [429, { 'retry-after': 'soon', date }, 'Try again in a moment.'],
    [429, {}, 'Try again in a moment.'],
    [503, {}, 'Try again in a moment.'],
  ])('by %i with %j is told: %s', (status, headers, hint) => {
    expect(answer(status, headers as Record<string, string>).hint).toBe(hint);
  });
});

describe('an answer in PingOne’s place', () => {
  it('is a captive portal by status 511, and the server was not reached', () => {
    expect(answer(511)).toMatchObject({ kind: 'unreachable', code: 'captive_portal' });
  });

  it.each([
    ['https://portal.example/welcome?token=secret', 'https://portal.example/welcome', /sign-in page of the network/],
    ['http://auth.pingone.eu.example/', 'http://auth.pingone.eu.example/', /sign-in page of the network/],
    ['/elsewhere', 'https://auth.pingone.eu/elsewhere', /does not look like PingOne/],
  ])('that redirects to %s is told with its target', (location, target, hint) => {
    const told = answer(302, { location });
    expect(told).toMatchObject({
      code: 'redirect_refused',
      what: `with a redirect to ${target}, which is not followed`,
    });
    expect(told.hint).toMatch(hint);
  });

  it('that redirects to nowhere is told so', () => {
    expect(answer(302, { location: 'https://[' }).what).toBe('with a redirect to nowhere');
  });

  it('that is a page is a firewall’s or a proxy’s', () => {
    expect(answer(403, { 'content-type': 'text/html; charset=utf-8' }).hint).toMatch(/^A firewall or a proxy/);
  });

  it.each([
    ['', 'nothing in it'],
    ['<html>', 'a web page'],
    ['Hello', 'something that is not JSON'],
    ['[1]', 'JSON that is no object'],
    ['null', 'JSON that is no object'],
  ])('that went well with %j in it says: %s', (text, what) => {
    const asked = { url: issuer, baseFlag: '--api-url' } as const;
    expect(wrongAnswer(new Response(null), asked, text).what).toBe(`with status 200 and ${what}`);
  });

  it('that is the gateway’s says nothing of rights', () => {
    expect(answer(403, { 'x-amzn-errortype': 'IncompleteSignatureException' }).hint).toMatch(
      /^This says nothing of your rights/,
    );
  });
});
