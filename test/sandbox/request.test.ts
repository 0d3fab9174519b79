import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { receive } from '../../src/sandbox/request.ts';

const limit = 64 * 1024;

it.each([
  ['whole at exactly the limit', [limit], { length: limit, bodyTooLarge: false }],
  ['whole at the limit in many pieces', Array(64).fill(1024), { length: limit, bodyTooLarge: false }],
  ['refused a byte beyond it', [limit + 1], { length: 0, bodyTooLarge: true }],
  ['refused a byte beyond it, in pieces', [limit, 1], { length: 0, bodyTooLarge: true }],
])('a body is %s', async (_name, pieces: readonly number[], expected) => {
  const stream = Readable.from(pieces.map((length) => Buffer.alloc(length, 'x')));
  const incoming = Object.assign(stream, { method: 'POST', url: '/', headers: {}, socket: {} });
  const { body, bodyTooLarge } = await receive(incoming as unknown as IncomingMessage, 'https://sandbox.test');
  expect({ length: body.length, bodyTooLarge }).toEqual(expected);
});
