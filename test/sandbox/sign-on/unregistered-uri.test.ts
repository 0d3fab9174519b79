import { describe, expect, it } from 'vitest';
import { problemWithRedirectUri } from '../../../src/sandbox/seed/redirect-uri.ts';
import { adviceFor, type UnregisteredUri } from '../../../src/sandbox/sign-on/unregistered-uri.ts';
import { fc, outsideText } from '../../support/properties.ts';

const shop = {
  member: 'redirectUris',
  application: 'Shop',
  registered: ['https://127.0.0.1/callback'],
  hiddenByFault: false,
} as const;
const adviceOn = (given: string | undefined, others: Partial<UnregisteredUri> = {}) =>
  adviceFor({ ...shop, given, ...others });

describe('the advice on an address that is not registered', () => {
  it('names what is registered, and the flag that registers this one', () => {
    const { notice, aside } = adviceOn('http://localhost:3000/cb?a=1&b=2');
    expect(notice).toMatch(
      /^sent: http:\/\/localhost:3000\/cb\?a=1&b=2; registered with "Shop": https:\/\/127\.0\.0\.1\/callback\. /,
    );
    expect(notice).toMatch(/ ping14c sandbox --redirect-uri 'http:\/\/localhost:3000\/cb\?a=1&b=2'$/);
    expect(aside.markup).toContain('--redirect-uri &#39;http://localhost:3000/cb?a=1&amp;b=2&#39;</code>');
  });

  it.each<[string, string | undefined, Partial<UnregisteredUri>, string]>([
    ['none was sent', undefined, {}, 'may be left out only where one alone is registered'],
    ['PingOne would not register it', 'http://shop.example/cb', {}, 'it must begin with https://'],
    ['none is registered', 'https://127.0.0.1/cb', { registered: [] }, 'registered with "Shop": none.'],
    [
      'it is for the sign-off',
      'https://127.0.0.1/x',
      { member: 'postLogoutRedirectUris', application: undefined },
      'registered with any application: https',
    ],
    [
      'a seed registers one for the sign-off',
      'https://127.0.0.1/x',
      { member: 'postLogoutRedirectUris' },
      '"postLogoutRedirectUris" of an application in a seed',
    ],
    [
      'many are registered',
      'https://127.0.0.1/x',
      { registered: Array.from({ length: 12 }, (_, at) => `https://a/${at}`) },
      'https://a/9, 2 more.',
    ],
  ])('where %s says so', (_, given, others, said) => {
    expect(adviceOn(given, others).notice).toContain(said);
  });

  it('shows on the page and in the log neither markup nor control characters, and little of what is long', () => {
    fc.assert(
      fc.property(outsideText, fc.constantFrom('https://127.0.0.1/', 'x', ''), fc.nat(2000), (text, before, times) => {
        const { notice, aside } = adviceOn(before + text.repeat(times % 50), { application: text, registered: [text] });
        const inside = aside.markup.replace(/<\/?(?:section|h2|p|ul|li|code)(?: [a-z-]+="[a-z]+")*>/g, '');
        return !/[<>]/.test(inside) && !/[\u0000-\u001f\u007f\u202e]/.test(notice) && notice.length < 3000;
      }),
    );
  });

  it('tells the flag only of what the flag takes', () => {
    fc.assert(
      fc.property(outsideText, (text) => {
        const given = `https://127.0.0.1/${text}`;
        return !adviceOn(given).notice.includes('--redirect-uri') || problemWithRedirectUri(given) === undefined;
      }),
    );
  });
});
