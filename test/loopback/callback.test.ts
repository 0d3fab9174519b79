import { describe, expect, it } from 'vitest';
import { judgeForm, judgePasted, judgeRequest, type ResponseMode } from '../../src/loopback/callback.ts';
import { fc } from '../support/properties.ts';

const redirectUri = new URL('https://localhost:4321/callback');
const state = 'state-of-this-sign-in';
const form = 'application/x-www-form-urlencoded';
const good = `/callback?code=c&state=${state}`;

function judged(responseMode: ResponseMode, target: string, headers: object = {}, method = 'GET') {
  const head = { method, target, headers: { host: 'localhost:4321', ...headers } };
  return judgeRequest(head, { redirectUri, state, responseMode });
}

const refused = (reason: string) => ({ kind: 'refused', reason });

describe('a browser that loads the address before anybody goes there', () => {
  it.each([
    { 'sec-purpose': 'prefetch' },
    { 'sec-purpose': 'prefetch;prerender' },
    { 'sec-purpose': 'prefetch;anonymous-client-ip' },
    { purpose: 'prefetch' },
    { purpose: 'Prefetch' },
    { purpose: 'prerender' },
    { 'x-moz': 'prefetch' },
  ])('does not use the code up: %j', (headers) => {
    expect(judged('query', good, headers)).toEqual(refused('prefetch'));
    expect(judged('fragment', '/callback', headers)).toEqual(refused('prefetch'));
  });

  it('is told from one whose person goes there for some other purpose', () => {
    expect(judged('query', good, { purpose: 'navigation', 'sec-fetch-purpose': 'x' })).toMatchObject({
      kind: 'callback',
    });
  });
});

describe('a posted answer', () => {
  const posted = (responseMode: ResponseMode, headers: object) =>
    judged(responseMode, '/callback', { 'content-type': form, ...headers }, 'POST');

  it.each(['same-site', 'cross-site', 'none', ''])(
    'of the relay comes from its own page, and not from one that is %j to it',
    (site) => {
      expect(posted('fragment', { 'sec-fetch-site': site })).toEqual(refused('sent by another site'));
      // With form_post it is the server's page that posts.
      expect(posted('form_post', { 'sec-fetch-site': site })).toEqual({ kind: 'form' });
    },
  );

  it.each([{ 'sec-fetch-site': 'same-origin' }, {}])('of the relay is read from its own page: %j', (headers) => {
    expect(posted('fragment', headers)).toEqual({ kind: 'form' });
  });

  it.each([form, `${form};charset=UTF-8`, `${form} ; charset=utf-8`, 'Application/X-WWW-Form-URLEncoded'])(
    'is a form in %s',
    (type) => {
      expect(posted('form_post', { 'content-type': type })).toEqual({ kind: 'form' });
    },
  );

  it.each(['text/plain', `text/plain; a=${form}`, `${form}-x`, '', undefined])('is no form in %j', (type) => {
    expect(posted('form_post', { 'content-type': type })).toEqual(refused('not a form'));
  });

  it.each(['query', 'signoff'] as const)('is none where the answer is to come by %s', (responseMode) => {
    expect(posted(responseMode, {})).toEqual(refused('another method'));
  });

  it.each([`code=c`, `error=e`, `id_token=i`, `access_token=a`])('is one with %s, as it was sent', (answer) => {
    const verdict = judgeForm(`${answer}&state=${state}&x=a%2Bb`, { redirectUri, state, responseMode: 'form_post' });
    expect(verdict.kind === 'callback' && verdict.url.href).toBe(
      `https://localhost:4321/callback#${answer}&state=${state}&x=a%2Bb`,
    );
  });
});

describe('the host', () => {
  it('is the same in whatever case a browser writes it (RFC 9110, section 4.2.3)', () => {
    expect(judged('query', good, { host: 'LocalHost:4321' })).toMatchObject({ kind: 'callback' });
  });

  it.each([
    'localhost',
    'localhost:4322',
    'localhost:4321.evil.example',
    'evil.example:4321',
    '127.0.0.1:4321',
    undefined,
  ])('is another one where it is %s', (host) => {
    expect(judged('query', good, { host })).toEqual(refused('another host'));
  });
});

describe('an answer', () => {
  it('that is an error comes in the query even where tokens come in the fragment', () => {
    expect(judged('fragment', `/callback?error=access_denied&state=${state}`)).toMatchObject({ kind: 'callback' });
    expect(judged('fragment', `/callback?error=access_denied&state=guessed`)).toEqual(refused('another state'));
    expect(judged('fragment', '/callback?error=access_denied')).toEqual({ kind: 'relay' });
  });

  it('is passed on whole, a question mark in it included', () => {
    const verdict = judged('query', `/callback?code=a?b&state=${state}&iss=https://a.example/?c`);
    expect(verdict.kind === 'callback' && verdict.url.search).toBe(`?code=a?b&state=${state}&iss=https://a.example/?c`);
    expect(judged('query', `/callback?code=a&state=${state}?state=${state}`)).toEqual(refused('another state'));
  });

  it('to a sign-off needs the state and nothing else', () => {
    expect(judged('signoff', `/callback?state=${state}`)).toMatchObject({ kind: 'callback' });
    expect(judged('signoff', '/callback?state=guessed')).toEqual(refused('another state'));
  });

  it('without our state is never the callback, whatever comes, and in whichever way', () => {
    const name = fc.constantFrom('code', 'state', 'error', 'access_token', 'id_token', 'iss', '');
    const value = fc.oneof(fc.constantFrom('', state.slice(1), `${state} `, state.toUpperCase()), fc.string());
    const parameters = fc.array(fc.tuple(name, value), { maxLength: 4 }).map((pairs) => new URLSearchParams(pairs));
    const mode = fc.constantFrom<ResponseMode>('query', 'fragment', 'form_post', 'signoff');
    fc.assert(
      fc.property(parameters, mode, (sent, responseMode) => {
        const expected = { redirectUri, state, responseMode };
        const verdicts = [
          judged(responseMode, `/callback?${sent}`),
          judgeForm(`${sent}`, expected),
          ...['?', '#'].map((mark) => judgePasted(`${redirectUri}${mark}${sent}`, expected)),
        ];
        expect(verdicts.map(({ kind }) => kind)).not.toContain('callback');
      }),
    );
  });
});

describe('a pasted address', () => {
  const pasted = (text: string) => judgePasted(text, { redirectUri, state, responseMode: 'query' });

  it.each(['#', '#_=_', '#x=y&state=other'])(
    'is read by its query, whatever a page has put behind it: %s',
    (fragment) => {
      expect(pasted(`${redirectUri}?code=c&state=${state}${fragment}`)).toMatchObject({ kind: 'callback' });
    },
  );

  it('may be a fragment alone, which stays one', () => {
    const verdict = pasted(`#id_token=a.b.c&state=${state}`);
    expect(verdict.kind === 'callback' && verdict.url.hash).toBe(`#id_token=a.b.c&state=${state}`);
    expect(verdict.kind === 'callback' && verdict.url.search).toBe('');
  });

  it('has no tokens in its query, which every server on the way would have read', () => {
    expect(pasted(`${redirectUri}?access_token=t&state=${state}`)).toEqual(refused('no answer in it'));
  });
});
