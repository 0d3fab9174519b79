import { expect, it } from 'vitest';
import { withRedirectUris } from '../../../src/sandbox/seed/redirect-uri.ts';
import { defaultSeed } from '../../../src/sandbox/seed.ts';

const mine = ['http://localhost:3000/callback', 'com.example.shop://callback'];

it('a redirect URI is registered with every application that signs people in by redirect, and no other', () => {
  const { applications } = withRedirectUris(defaultSeed, mine);
  const having = applications.filter(({ redirectUris }) => mine.every((uri) => redirectUris.includes(uri)));
  const redirecting = applications.filter(({ grantTypes }) => grantTypes.includes('AUTHORIZATION_CODE'));
  expect(having).toEqual(redirecting);
  expect(having.length).toBeLessThan(applications.length);
});

it('what is registered already is not so twice', () => {
  const [{ redirectUris: [known = ''] = [] } = {}] = defaultSeed.applications;
  expect(withRedirectUris(defaultSeed, [known])).toEqual(defaultSeed);
});

it.each([
  ['callback', 'must be a whole address'],
  ['', 'must be a whole address'],
  ['http://shop.example/cb', 'PingOne takes http:// for localhost and 127.0.0.1 only'],
  ['https://127.0.0.1/cb#here', 'must not have a fragment'],
  ['https://127.0.0.1/a b', 'is no address'],
])('%j is refused in words: %s', (uri, said) => {
  expect(() => withRedirectUris(defaultSeed, [uri])).toThrow(
    expect.objectContaining({ kind: 'usage', message: expect.stringContaining(said) }),
  );
});
