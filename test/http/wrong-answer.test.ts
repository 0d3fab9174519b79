import { describe, expect, it } from 'vitest';
import { wrongAnswer } from '../../src/http/wrong-answer.ts';

const issuer = 'https://auth.pingone.eu/e0000000-0000-4000-8000-000000000001/as';
const date = 'Wed, 21 Oct 2026 07:28:00 GMT';

/** As somebody may answer any request; the body says nothing that counts. */
const answer = (status: number, headers: Record<string, string> = {}) =>
  wrongAnswer(new Response(null, { status, headers }), { url: issuer, baseFlag: '--auth-url' });

describe('the wait that a server asks for', () => {
  it.each([
    [429, { 'retry-after': '30' }, 'Try again in 30 seconds: the server asked for that.'],
    [503, { 'retry-after': '120' }, 'Try again in 2 minutes: the server asked for that.'],
    [
      429,
      { 'retry-after': 'Wed, 21 Oct 2026 07:29:00 GMT', date },
      'Try again in 1 minute: the server asked for that.',
    ],
    [429, { 'retry-after': 'Wed, 21 Oct 2026 07:27:00 GMT', date }, 'Try again in a moment.'],
    [429, { 'retry-after': 'Wed, 21 Oct 2026 07:29:00 GMT' }, 'Try again in a moment.'],
    [429, { 'retry-after': '-5' }, 'Try again in a moment.'],
    [429, { 'retry-after': 'soon', date }, 'Try again in a moment.'],
    [429, {}, 'Try again in a moment.'],
    [503, {}, 'Try again in a moment.'],
    [500, { 'retry-after': '0' }, 'Try again in a moment.'],
    [429, { 'retry-after': '86399' }, 'Try again in 1 day: the server asked for that.'],
    [429, { 'retry-after': '999999999' }, 'Try again in 1 day: the server asked for that.'],
  ])('by %i with %j is told: %s', (status, headers, hint) => {
    expect(answer(status, headers as Record<string, string>).hint).toBe(hint);
  });
});

describe('an answer in PingOne’s place', () => {
  const [page, gateway] = [{ 'content-type': 'Text/HTML' }, { 'x-amzn-errortype': 'MissingAuthenticationToken' }];
  it.each<[number, Record<string, string>, string, string, string, RegExp]>([
    [429, page, 'failed', 'too_many_requests', 'that there are too many requests (status 429)', /^Try again/],
    [
      511,
      {},
      'unreachable',
      'captive_portal',
      'with status 511: the network wants a sign-in of its own',
      /sign in to the/,
    ],
    [500, page, 'failed', 'server_error', 'with status 500', /^Try again/],
    [599, gateway, 'failed', 'server_error', 'with status 599', /^Try again/],
    [
      403,
      gateway,
      'failed',
      'unexpected_status',
      'with status 403, from its gateway',
      /nothing about your permissions.*--auth-url/,
    ],
    [400, page, 'failed', 'unexpected_status', 'with status 400 and a web page', /^A firewall .*--auth-url\.$/],
    [400, {}, 'failed', 'unexpected_status', 'with status 400', /--auth-url.*does not look like PingOne/],
    [
      403,
      { 'content-type': 'text/plain' },
      'failed',
      'unexpected_status',
      'with status 403',
      /does not look like PingOne/,
    ],
    [300, {}, 'failed', 'redirect_refused', 'with a redirect to nowhere', /--auth-url.*does not look like PingOne/],
    [200, page, 'failed', 'unexpected_answer', 'with status 200 and a web page', /sign-in page.*--auth-url too/],
    [200, {}, 'failed', 'unexpected_answer', 'with status 200 and something that is not JSON', /sign-in page/],
  ])('of status %i with %j is %s, %s', (status, headers, kind, code, what, hint) => {
    const told = answer(status, headers);
    expect(told).toEqual({ kind, code, what: expect.stringContaining(what), hint: expect.stringMatching(hint) });
  });

  it.each([
    ['https://portal.example/welcome?token=secret', 'https://portal.example/welcome', /sign-in page of the network/],
    ['http://auth.pingone.eu.example/', 'http://auth.pingone.eu.example/', /sign-in page of the network/],
    ['/elsewhere', 'https://auth.pingone.eu/elsewhere', /does not look like PingOne/],
  ])('that redirects to %s is told with its target', (location, target, hint) => {
    const told = answer(302, { location });
    expect(told).toMatchObject({
      kind: 'failed',
      code: 'redirect_refused',
      what: `with a redirect to ${target}, which is not followed`,
    });
    expect(told.hint).toMatch(hint);
  });

  it('that redirects to nowhere is told so', () => {
    expect(answer(302, { location: 'https://[' }).what).toBe('with a redirect to nowhere');
  });

  it.each([
    ['<!DOCTYPE html>', 403, ' and a web page, where PingOne answers in JSON'],
    ['\n <html lang="en">', 404, ' and a web page, where PingOne answers in JSON'],
    ['{"page":"<html>"}', 404, ''],
  ])('that is called nothing in its headers is known by its text: %j', (text, status, what) => {
    const asked = { url: issuer, baseFlag: '--api-url' } as const;
    expect(wrongAnswer(new Response(null, { status }), asked, text).what).toBe(`with status ${status}${what}`);
  });

  it('that is a page is a firewall’s or a proxy’s', () => {
    expect(answer(403, { 'content-type': 'text/html; charset=utf-8' }).hint).toMatch(/^A firewall or a proxy/);
  });

  it.each([
    ['', 'nothing in it'],
    [' \n', 'nothing in it'],
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
      /^This says nothing about your permissions/,
    );
  });
});
