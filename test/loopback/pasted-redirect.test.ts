import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { judgePasted } from '../../src/loopback/callback.ts';
import type { Listener } from '../../src/loopback/listener.ts';
import { readPastedRedirects } from '../../src/loopback/pasted-redirect.ts';
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

describe('pasting while the listener waits', () => {
  const open: Listener[] = [];
  afterEach(() => Promise.all(open.splice(0).map((listener) => listener.close())));

  async function pasting() {
    const listener = await listening({}, impatient);
    open.push(listener);
    const stdin = new PassThrough();
    const said: string[] = [];
    readPastedRedirects(listener, stdin, (line) => said.push(line));
    return { listener, stdin, said };
  }

  it('ends the sign-in, and lets go of the input', async () => {
    const { listener, stdin, said } = await pasting();
    stdin.write(`\u001b[200~ "${listener.redirectUri}?code=pasted&state=${state}" \u001b[201~\n`);
    expect((await listener.callback).searchParams.get('code')).toBe('pasted');
    expect(said).toEqual([]);
    expect(stdin.isPaused()).toBe(true);
  });

  it('says what is wrong with a line, without repeating it, and waits on', async () => {
    const { listener, stdin, said } = await pasting();
    stdin.write(`${listener.redirectUri}?code=stale-code&state=old\n\nhttps://auth.example/\n`);
    stdin.write(`${listener.redirectUri}?code=pasted&state=${state}\n`);
    await listener.callback;
    expect(said).toHaveLength(2);
    expect(said[0]).toContain('another sign-in');
    expect(said[1]).toContain(listener.redirectUri);
    expect(said.join('')).not.toContain('stale-code');
  });

  it.each([
    ...[1023, 1024, 4094, 4095, 4096].map((length) => [length, /cut that address off/] as const),
    ...[1022, 1025, 4093, 4097].map((length) => [length, /not the address the browser was sent back to/] as const),
  ])('says so when the terminal has cut the line, and only then: %i characters', async (length, words) => {
    const { listener, stdin, said } = await pasting();
    stdin.write(`${'x'.repeat(length)}\n${listener.redirectUri}?code=pasted&state=${state}\n`);
    await listener.callback;
    expect(said).toEqual([expect.stringMatching(words)]);
  });

  it.each(['"', "'", '<'])('takes the address that stands in %s', async (quote) => {
    const { listener, stdin } = await pasting();
    stdin.write(`  ${quote}${listener.redirectUri}?code=pasted&state=${state}${quote === '<' ? '>' : quote} \n`);
    expect((await listener.callback).searchParams.get('state')).toBe(state);
  });

  it('ends with the input still open when the callback came by the browser, and ends nothing when the input ends', async () => {
    const byBrowser = await pasting();
    byBrowser.listener.accept(`?code=c&state=${state}`);
    await byBrowser.listener.callback;
    await new Promise(setImmediate);
    expect(byBrowser.stdin.isPaused()).toBe(true);

    const withoutInput = await pasting();
    withoutInput.stdin.end();
    await new Promise(setImmediate);
    expect(withoutInput.listener.accept(`?code=c&state=${state}`)).toBeUndefined();
  });
});
