import { expect, it } from 'vitest';
import type { Application } from '../../../src/sandbox/seed/applications.ts';
import { withRedirectUris } from '../../../src/sandbox/seed/redirect-uri.ts';
import { defaultSeed, type Seed } from '../../../src/sandbox/seed.ts';
import { seedWith } from '../../support/sandbox-client.ts';

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
  const registered = ({ applications }: Seed) => applications.map(({ redirectUris }) => redirectUris);
  expect(registered(withRedirectUris(defaultSeed, [known]))).toEqual(registered(defaultSeed));
});

it('its page may call for single-page applications, and for no others a page is named', () => {
  const uris = ['http://localhost:3000/callback', 'http://localhost:3000/silent', 'com.example.shop://callback'];
  const called = withRedirectUris(defaultSeed, uris).applications.filter(({ corsSettings }) => corsSettings);
  expect(called.map(({ type, corsSettings }) => [type, corsSettings])).toEqual([
    ['SINGLE_PAGE_APP', { behavior: 'ALLOW_SPECIFIC_ORIGINS', origins: ['http://localhost:3000'] }],
  ]);
  expect(withRedirectUris(defaultSeed, ['com.example.shop://callback']).applications.some(hasCors)).toBe(false);
});

it.each([
  [
    { behavior: 'ALLOW_SPECIFIC_ORIGINS', origins: ['https://shop.example'] },
    { behavior: 'ALLOW_SPECIFIC_ORIGINS', origins: ['https://shop.example', 'http://localhost:3000'] },
  ],
  [{ behavior: 'ALLOW_NO_ORIGINS' }, { behavior: 'ALLOW_NO_ORIGINS' }],
] as const)('what a seed says of its origins stays: %j', (corsSettings, then) => {
  const seed = seedWith('c0000000-0000-4000-8000-000000000010', { corsSettings });
  const { applications } = withRedirectUris(seed, ['http://localhost:3000/callback']);
  expect(applications.find(hasCors)?.corsSettings).toEqual(then);
});

const hasCors = ({ corsSettings }: Application) => corsSettings !== undefined;

it.each([
  ['com.example.app:/callback', 'must have // after its scheme'],
  ['localhost:3000/callback', 'must be a whole address'],
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
