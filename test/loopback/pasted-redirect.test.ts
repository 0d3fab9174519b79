import { afterEach, describe, expect, it } from 'vitest';
import { judgePasted } from '../../src/loopback/callback.ts';
import type { Listener } from '../../src/loopback/listener.ts';
import { takePasted } from '../../src/loopback/pasted-redirect.ts';
import { impatient, listening, state } from '../support/listening.ts';
import { fc, outsideTextOfAnyLength } from '../support/properties.ts';

const redirectUri = new URL('https://127.0.0.1:4321/callback');
const expected = { redirectUri, state, responseMode: 'query' } as const;

describe('a pasted redirect URL', () => {
  it.each([
    ['the whole address', `https://127.0.0.1:4321/callback?code=c&state=${state}`],
    ['the address with the port of another machine', `https://127.0.0.1:9/callback?code=c&state=${state}`],
    ['the query', `?code=c&state=${state}`],
    ['the query without its mark', `code=c&state=${state}`],
    ['an error with our state', `error=access_denied&state=${state}`],
  ])('is taken: %s', (_, pasted) => {
    const verdict = judgePasted(pasted, expected);
    expect(verdict).toMatchObject({ kind: 'callback' });
    expect(verdict.kind === 'callback' && verdict.url.host).toBe(redirectUri.host);
    expect(verdict.kind === 'callback' && verdict.url.searchParams.get('state')).toBe(state);
  });

  it('is taken with its answer in the fragment', () => {
    const verdict = judgePasted(`https://127.0.0.1:4321/callback#id_token=a.b.c&state=${state}`, expected);
    expect(verdict.kind === 'callback' && verdict.url.hash).toBe(`#id_token=a.b.c&state=${state}`);
  });

  it.each([
    ['another host', `https://evil.example/callback?code=c&state=${state}`],
    ['another host', `http://127.0.0.1:4321/callback?code=c&state=${state}`],
    ['another host', 'the code'],
    ['another path', `https://127.0.0.1:4321/other?code=c&state=${state}`],
    ['another state', 'https://127.0.0.1:4321/callback?code=c&state=old'],
    ['no state', '?code=c'],
    ['no answer in it', `?state=${state}`],
    ['a repeated parameter', `?code=c&code=d&state=${state}`],
  ])('is refused for %s', (reason, pasted) => {
    expect(judgePasted(pasted, expected)).toEqual({ kind: 'refused', reason });
  });

  it('without our state is never the callback, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(outsideTextOfAnyLength, fc.webUrl({ withQueryParameters: true, withFragments: true })),
        (text) => {
          expect(judgePasted(text, expected).kind).toBe('refused');
        },
      ),
    );
  });
});

describe('taking a pasted text', () => {
  const open: Listener[] = [];
  afterEach(() => Promise.all(open.splice(0).map((listener) => listener.close())));

  async function waiting(): Promise<Listener> {
    const listener = await listening({}, impatient);
    open.push(listener);
    return listener;
  }

  it.each(['', '"', "'", '<'])('ends the sign-in, standing in %j', async (quote) => {
    const listener = await waiting();
    const text = ` ${quote}${listener.redirectUri}?code=pasted&state=${state}${quote === '<' ? '>' : quote} `;
    expect(takePasted(listener, text)).toBeUndefined();
    expect((await listener.callback).searchParams.get('code')).toBe('pasted');
  });

  it('says what is wrong with it, without repeating it, and waits on', async () => {
    const listener = await waiting();
    const stale = takePasted(listener, `${listener.redirectUri}?code=stale-code&state=old`);
    expect(stale).toContain('another sign-in');
    expect(stale).not.toContain('stale-code');
    expect(takePasted(listener, 'https://auth.example/')).toContain(listener.redirectUri);
    expect(takePasted(listener, `?code=pasted&state=${state}`)).toBeUndefined();
  });

  it('says nothing of what comes after the callback', async () => {
    const listener = await waiting();
    expect(takePasted(listener, `?code=c&state=${state}`)).toBeUndefined();
    expect(takePasted(listener, `?code=c&state=${state}`)).toBeUndefined();
  });
});
