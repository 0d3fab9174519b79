import { describe, expect, it } from 'vitest';
import { proxiesIn, proxyVariables } from '../../src/http/proxy.ts';

const https = 'https://auth.pingone.eu/';
const proxyFor = (env: Readonly<Record<string, string>>, url = https) => proxiesIn(env)?.proxyFor(new URL(url))?.href;

describe('a proxy in the environment', () => {
  it.each([
    ['http://proxy.example:3128', 'http://proxy.example:3128/'],
    ['https://proxy.example', 'https://proxy.example/'],
    ['proxy.example:3128', 'http://proxy.example:3128/'],
    ['proxy.example', 'http://proxy.example/'],
    [' http://10.0.0.1:8080/ ', 'http://10.0.0.1:8080/'],
    ['http://[fd00::1]:3128', 'http://[fd00::1]:3128/'],
    ['http://ada:secret@proxy.example:3128', 'http://ada:secret@proxy.example:3128/'],
    ['http://ada:p@ss#w\\rd@proxy.example:3128', 'http://ada:p%40ss%23w%5Crd@proxy.example:3128/'],
    ['http://ada:p%40ss@proxy.example:3128', 'http://ada:p%40ss@proxy.example:3128/'],
    ['http://ada:100%@proxy.example:3128', 'http://ada:100%25@proxy.example:3128/'],
    ['http://ada:p:w@proxy.example', 'http://ada:p%3Aw@proxy.example/'],
    ['http://ada@proxy.example', 'http://ada@proxy.example/'],
    ['HTTPS://proxy.example', 'https://proxy.example/'],
  ])('%s is read as curl reads it', (HTTPS_PROXY, href) => {
    expect(proxyFor({ HTTPS_PROXY })).toBe(href);
  });

  it.each([
    ['socks5://proxy.example:1080', /SOCKS/],
    ['socks5h://proxy.example', /SOCKS/],
    ['SOCKS://proxy.example', /SOCKS/],
    ['ftp://proxy.example', /starts with ftp:\/\//],
    ['x-socks://proxy.example', /starts with x-socks:\/\//],
    ['x-http://proxy.example', /starts with x-http:\/\//],
    ['http2://proxy.example', /starts with http2:\/\//],
    ['://', /is not the address of a proxy/],
    ['http://proxy.example:3128/path', /is not the address of a proxy/],
    ['http://proxy.example:99999', /is not the address of a proxy/],
  ])('%s is refused, with the variable and how to write it', (https_proxy, why) => {
    expect(() => proxiesIn({ https_proxy })).toThrowError(
      expect.objectContaining({
        kind: 'usage',
        code: 'invalid_proxy',
        message: expect.stringMatching(/^https_proxy /),
        hint: expect.stringContaining('http://proxy.example:3128'),
      }),
    );
    expect(() => proxiesIn({ https_proxy })).toThrow(why);
  });

  it('in lower case goes before one in upper case, and ALL_PROXY stands for both', () => {
    expect(proxyFor({ https_proxy: 'http://lower', HTTPS_PROXY: 'http://upper' })).toBe('http://lower/');
    expect(proxyFor({ ALL_PROXY: 'http://all' })).toBe('http://all/');
    expect(proxyFor({ ALL_PROXY: 'http://all', HTTPS_PROXY: 'http://own' })).toBe('http://own/');
    expect(proxyFor({ ALL_PROXY: 'http://all' }, 'http://pingone.example/')).toBe('http://all/');
    expect(proxyFor({ HTTP_PROXY: 'http://plain' })).toBeUndefined();
    const both = { HTTP_PROXY: 'http://plain', HTTPS_PROXY: 'http://own' };
    expect([proxyFor(both), proxyFor(both, 'http://pingone.example/')]).toEqual(['http://own/', 'http://plain/']);
    expect(proxiesIn({ HTTPS_PROXY: '', NO_PROXY: '*' })).toBeUndefined();
    expect(proxiesIn({ HTTPS_PROXY: ' ', http_proxy: '' })).toBeUndefined();
  });

  it('is named among those that are read, by the spelling that counts and where it holds something', () => {
    expect(proxyVariables({ https_proxy: 'lower', HTTPS_PROXY: 'upper', http_proxy: '', HTTP_PROXY: 'plain' })).toEqual(
      ['https_proxy', 'HTTP_PROXY'],
    );
    expect(proxyVariables({ ALL_PROXY: 'http://all', no_proxy: '*', HTTPS_PROXY: ' ' })).toEqual([
      'ALL_PROXY',
      'no_proxy',
    ]);
  });
});

describe('NO_PROXY', () => {
  it.each([
    ['auth.pingone.eu', https],
    ['pingone.eu', https],
    ['.pingone.eu', https],
    ['*.pingone.eu', https],
    ['PingOne.EU.', https],
    ['other.example, pingone.eu', https],
    ['other.example pingone.eu', https],
    [',pingone.eu,', https],
    ['other.example\tpingone.eu', https],
    ['pingone.eu', 'https://auth.pingone.eu./'],
    ['*', https],
    ['*', 'https://10.0.0.7/'],
    ['*', 'https://[fd00::7]/'],
    ['10.0.0.7', 'https://10.0.0.7/'],
    ['10.0.0.0/8', 'https://10.20.30.40/'],
    ['10.0.0.7/32', 'https://10.0.0.7/'],
    ['fd00::/8', 'https://[fd00::7]/'],
    ['fd00::7/128', 'https://[fd00::7]/'],
    ['[fd00::7]', 'https://[fd00::7]/'],
    ['[fd00::]/8', 'https://[fd00::7]/'],
    ['', 'https://127.0.0.1:9443/'],
    ['', 'https://localhost:9443/'],
  ])('%j keeps %s off the proxy', (NO_PROXY, url) => {
    expect(proxyFor({ HTTPS_PROXY: 'http://proxy', NO_PROXY }, url)).toBeUndefined();
  });

  it.each([
    ['', https],
    ['one.eu', https],
    ['api.pingone.eu', https],
    ['pingone.eu.example', https],
    ['10.0.0.0/8', 'https://11.0.0.1/'],
    ['10.0.0.0/33', 'https://10.0.0.1/'],
    ['fd00::/129', 'https://[fd00::7]/'],
    ['fd00::7/128', 'https://[fd00::8]/'],
    ['10.0.0.1', 'https://10.0.0.11/'],
    ['fd00::7', 'https://[fd00::8]/'],
    ['0.0.0.0/0', 'https://[fd00::7]/'],
    ['10.0.0.0/', 'https://11.0.0.1/'],
    ['10.0.0.0/-1', 'https://10.0.0.1/'],
    ['10.0.0.0/8.5', 'https://10.0.0.1/'],
    ['pingone', https],
    ['other.example', 'https://10.0.0.1/'],
    [' , ', https],
  ])('%j does not keep %s off it', (NO_PROXY, url) => {
    expect(proxyFor({ HTTPS_PROXY: 'http://proxy', NO_PROXY }, url)).toBe('http://proxy/');
  });
});
