import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import type { HeldLock } from '../../src/files/lock.ts';
import { withSessionLock } from '../../src/session/session-lock.ts';
import { sharedFailure, shareFailure } from '../../src/session/shared-failure.ts';
import { ping14c, wording } from '../../src/wording.ts';
import { asRead } from '../support/failures.ts';
import { queueParts } from '../support/session-samples.ts';

/** A lock whose holder leaves a word, as its next holder finds it. */
function lockBetween(): HeldLock & { readonly left: () => string | undefined } {
  let word: string | undefined;
  return {
    isHeld: async () => true,
    leaveWord: async (text) => {
      word = text;
    },
    wordLeft: async () => word,
    left: () => word,
  };
}

describe('a failure that is shared', () => {
  it('says what the first one said, and that nothing was asked again', async () => {
    const lock = lockBetween();
    const failure = new Failure('unreachable', 'No answer.', {
      code: 'network',
      hint: wording`Run ${ping14c('doctor')}.`,
      details: [{ message: 'It was slow.', target: 'token' }],
      correlationId: 'c0ffee',
    });
    await shareFailure(lock, failure, ['secret']);
    const shared = await sharedFailure(lock);
    expect(shared && asRead(shared)).toEqual(asRead(failure));
    expect(shared?.correlationId).toBe('c0ffee');
    expect(shared?.details).toMatchObject([
      failure.details[0],
      { message: expect.stringContaining('not asked again') },
    ]);
  });

  it.each([
    ['refresh-1', 'refresh-1'],
    ['a "quoted" \\ secret', 'a "quoted" \\ secret'],
    ['a+b/cdef=', 'a%2Bb%2Fcdef%3D'],
  ])('is not left where its text repeats the secret %s: %s', async (secret, repeated) => {
    const lock = lockBetween();
    const failure = new Failure('failed', `The server said: ${repeated}.`, { code: 'server_error' });
    await shareFailure(lock, failure, [undefined, secret]);
    expect(lock.left()).toBeUndefined();
  });

  it.each([
    '',
    'no JSON',
    '[]',
    '{}',
    '{"kind":"done","message":"a","code":"b","details":[]}',
    '{"kind":"constructor","message":"a","code":"b","details":[]}',
    '{"kind":"failed","message":1,"code":"b","details":[]}',
    '{"kind":"failed","message":"a","code":"b","details":[{}]}',
    '{"kind":"failed","message":"a","code":"b","details":[],"hint":[{"line":1}]}',
  ])('is none where %s was left', async (text) => {
    expect(await sharedFailure({ ...lockBetween(), wordLeft: async () => text })).toBeUndefined();
  });
});

describe('a word left in a lock', () => {
  /** One who leaves the word, one who waits meanwhile, and one who comes when nobody has the lock. */
  async function takeTurns(text: string) {
    const parts = queueParts();
    const found: (string | undefined)[] = [];
    const take = (then: (lock: HeldLock) => Promise<void> = async () => {}) =>
      withSessionLock('ada', parts, async (lock) => {
        found.push(await lock.wordLeft());
        await then(lock);
      });
    const waiting: Promise<void>[] = [];
    await take(async (lock) => {
      waiting.push(take());
      await parts.allWait(1);
      await lock.leaveWord(text);
    });
    await Promise.all(waiting);
    await take();
    return { found, folder: join(parts.stateFolder.path, 'locks', 'ada') };
  }

  it('is found by those who waited, and not by whoever comes later', async () => {
    expect((await takeTurns('no luck')).found).toEqual([undefined, 'no luck', undefined]);
  });

  it('is news for seconds to those who come while others have waited for it', async () => {
    for (const [passed, word] of [
      [2_999, 'no luck'],
      [3_000, undefined],
      [-1, undefined],
    ] as const) {
      const parts = queueParts();
      const latecomer: Promise<string | undefined>[] = [];
      await withSessionLock('ada', parts, (lock) => lock.leaveWord('no luck'));
      await withSessionLock('ada', parts, async () => {
        parts.advance(passed);
        latecomer.push(withSessionLock('ada', parts, (lock) => lock.wordLeft()));
        await parts.allWait(1);
      });
      expect(await Promise.all(latecomer)).toEqual([word]);
    }
  });

  it('is one small file: what is longer is not left', async () => {
    const { found, folder } = await takeTurns('x'.repeat(5_000));
    expect(found).toEqual([undefined, undefined, undefined]);
    expect(readdirSync(folder)).toEqual(['3']);
    const { folder: other } = await takeTurns('no luck');
    expect(readdirSync(other).sort()).toEqual(['3', 'word']);
    expect(readFileSync(join(other, 'word'), 'utf8')).toMatch(/^1 \d+\nno luck$/);
  });
});
