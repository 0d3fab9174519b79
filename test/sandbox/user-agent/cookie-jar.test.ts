import { expect, it } from 'vitest';
import { CookieJar } from '../../../src/sandbox/user-agent/cookie-jar.ts';

it.each([
  ['ST=1; Secure; Path=/', 'https://localhost/', 'ST=1'],
  ['ST=1; Secure; Path=/', 'http://localhost/', ''],
  ['ST=1; Path=/', 'http://localhost/', 'ST=1'],
])('a cookie set by "%s" goes to %s as "%s"', (line, url, header) => {
  const jar = new CookieJar();
  jar.keep(new URL('https://localhost/'), [line]);
  expect(jar.header(new URL(url))).toBe(header);
});
