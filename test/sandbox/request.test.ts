import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { mediaType, receive, repeatedParameter } from '../../src/sandbox/request.ts';

const limit = 1024 * 1024;

it.each([
  ['whole just below a megabyte', [limit - 1], { length: limit - 1, bodyTooLarge: false }],
  ['whole below it in many pieces', Array(1023).fill(1024), { length: limit - 1024, bodyTooLarge: false }],
  ['refused at a megabyte', [limit], { length: 0, bodyTooLarge: true }],
  ['refused at it, in pieces', [limit - 1, 1], { length: 0, bodyTooLarge: true }],
])('a body is %s', async (_name, pieces: readonly number[], expected) => {
  const stream = Readable.from(pieces.map((length) => Buffer.alloc(length, 'x')));
  const incoming = Object.assign(stream, { method: 'POST', url: '/', headers: {}, headersDistinct: {}, socket: {} });
  const { body, bodyTooLarge } = await receive(incoming as unknown as IncomingMessage, 'https://sandbox.test');
  expect({ length: body.length, bodyTooLarge }).toEqual(expected);
});

it.each([
  [
    ['application/json', 'application/vnd.pingidentity.account.unlock+json'],
    'application/vnd.pingidentity.account.unlock+json',
  ],
  [
    ['application/vnd.pingidentity.account.lock+json', 'application/json'],
    'application/vnd.pingidentity.account.lock+json',
  ],
  [['application/json; charset=utf-8'], 'application/json'],
  [[], ''],
])('of the media types %j, as Ping’s Go SDK sends two, the action’s counts', async (sent, expected) => {
  const [first] = sent;
  const headers = { headers: { 'content-type': first }, headersDistinct: { 'content-type': sent } };
  const incoming = Object.assign(Readable.from([]), { method: 'POST', url: '/', ...headers, socket: {} });
  expect(mediaType(await receive(incoming as unknown as IncomingMessage, 'https://sandbox.test'))).toBe(expected);
});

it('a repeated parameter is found in a megabyte of others, and nobody is kept waiting', () => {
  const names = Array.from({ length: 200_000 }, (_, index) => index.toString(36));
  // A step for each pair of them would take minutes.
  expect(repeatedParameter(new URLSearchParams(names.join('&')))).toBeUndefined();
  expect(repeatedParameter(new URLSearchParams([...names, 'a', '1'].join('&')))).toBe('a');
}, 20_000);
