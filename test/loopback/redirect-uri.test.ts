import { describe, expect, it } from 'vitest';
import { parseRedirectUri, withPort } from '../../src/loopback/listener.ts';

describe('a redirect URI', () => {
  it.each([
    ['https://127.0.0.1/callback', undefined, ['127.0.0.1'], 'https://127.0.0.1:4321/callback'],
    ['https://localhost', undefined, ['127.0.0.1', '::1'], 'https://localhost:4321'],
    ['http://[::1]/a/b', undefined, ['::1'], 'http://[::1]:4321/a/b'],
    ['https://127.0.0.1:443/callback', 443, ['127.0.0.1'], 'https://127.0.0.1:443/callback'],
    ['https://[::1]:8443/', 8443, ['::1'], 'https://[::1]:8443/'],
  ])('%s has the port %s and listens on %j', (text, port, addresses, used) => {
    const parsed = parseRedirectUri(text);
    expect(parsed).toMatchObject({ port, addresses });
    expect(withPort(parsed, 4321)).toBe(used);
  });

  it.each(['https://user@127.0.0.1/', 'https://127.0.0.1.example.com/', 'https://0.0.0.0/', 'https://127.0.0.1/#f'])(
    '%s is refused in words',
    (text) => {
      expect(() => parseRedirectUri(text)).toThrow('is not an http or https address of this machine');
    },
  );
});
