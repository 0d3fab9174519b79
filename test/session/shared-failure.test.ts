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
function lockBetween(): HeldLock & { readonly left: () => string } {
  const words = new Map<string, string>();
  return {
    isHeld: async () => true,
    leaveWord: async (topic, text) => {
      words.set(topic, text);
    },
    wordLeft: async (topic) => words.get(topic),
    left: () => JSON.stringify([...words]),
  };
}

const way = ['https://auth.pingone.eu/as', 30];

describe('a failure that is shared', () => {
  it('says what the first one said, and that nothing was asked again', async () => {
    const lock = lockBetween();
    const failure = new Failure('unreachable', 'No answer.', {
      code: 'network',
      hint: wording`Sign in again with ${ping14c('doctor')}.`,
      details: [{ message: 'It was slow.', target: 'token' }],
      correlationId: 'c0ffee',
    });
    await shareFailure(lock, way, failure, ['secret']);
    const shared = await sharedFailure(lock, way);
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
    await shareFailure(lock, way, failure, [undefined, secret]);
    expect(lock.left()).toBe('[]');
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
    '{"kind":"failed","message":"a","code":1,"details":[]}',
    '{"kind":"failed","message":"a","code":"b","details":{}}',
    '{"kind":"failed","message":"a","code":"b","details":["c"]}',
    '{"kind":"failed","message":"a","code":"b","details":[{"message":"c"},{"message":1}]}',
    '{"kind":"failed","message":"a","code":"b","details":[{"message":"c","target":1}]}',
    '{"kind":"failed","message":"a","code":"b","details":[{"message":"c","code":1}]}',
    '{"kind":"failed","message":"a","code":"b","details":[],"hint":[{"line":1}]}',
    '{"kind":"failed","message":"a","code":"b","details":[],"hint":["c",1]}',
    '{"kind":"failed","message":"a","code":"b","details":[],"hint":7}',
    '{"kind":"failed","message":"a","code":"b","details":[],"correlationId":1}',
  ])('is none where %s was left', async (text) => {
    expect(await sharedFailure({ ...lockBetween(), wordLeft: async () => text }, way)).toBeUndefined();
  });
});

describe('a failure that is shared or not', () => {
  it.each([
    ['failed', true],
    ['refused', true],
    ['unreachable', true],
    ['signInNeeded', false],
    ['outcomeUnknown', false],
    ['usage', false],
    ['interrupted', false],
  ] as const)('where its kind is %s: %s', async (kind, shared) => {
    const lock = lockBetween();
    await shareFailure(lock, way, new Failure(kind, 'No.', { code: 'no', hint: 'Wait.' }), []);
    expect(lock.left() !== '[]').toBe(shared);
    expect(await sharedFailure(lock, way)).toEqual(
      shared ? expect.objectContaining({ kind, hint: 'Wait.' }) : undefined,
    );
  });
});

describe('a failure of those who ask otherwise', () => {
  const failure = new Failure('unreachable', 'No answer.', { code: 'network' });

  it.each([
    { way: ['https://auth.pingone.com/as', 30] },
    { way: ['https://auth.pingone.eu/as', 60] },
    { way: ['https://auth.pingone.eu/as', 30, undefined, 'HTTPS_PROXY=http://ada:pass@proxy.example'] },
  ])('is not shared with $way', async (other) => {
    const lock = lockBetween();
    await shareFailure(lock, way, failure, []);
    expect(await sharedFailure(lock, other.way)).toBeUndefined();
    await shareFailure(lock, other.way, failure, []);
    expect(await sharedFailure(lock, way)).toBeDefined();
    expect(await sharedFailure(lock, other.way)).toBeDefined();
  });

  it('tells nobody the way, nor lets a password be guessed from it', async () => {
    const lock = lockBetween();
    await shareFailure(lock, ['HTTPS_PROXY=http://ada:pass@proxy.example'], failure, []);
    expect(JSON.parse(lock.left())).toEqual([[expect.stringMatching(/^[0-9a-f]{6}$/), expect.any(String)]]);
    expect(lock.left()).not.toMatch(/pass|proxy/);
  });
});

describe('a word left in a lock', () => {
  /** One who leaves the word, one who waits meanwhile, and one who comes when nobody has the lock. */
  async function takeTurns(text: string) {
    const parts = queueParts();
    const found: (string | undefined)[] = [];
    const take = (then: (lock: HeldLock) => Promise<void> = async () => {}) =>
      withSessionLock('ada', parts, async (lock) => {
        found.push(await lock.wordLeft('here'));
        await then(lock);
      });
    const waiting: Promise<void>[] = [];
    await take(async (lock) => {
      waiting.push(take());
      await parts.allWait(1);
      await lock.leaveWord('here', text);
    });
    await Promise.all(waiting);
    await take();
    return { found, folder: join(parts.stateFolder.path, 'locks', 'ada') };
  }

  it('is found by those who waited, and not by whoever comes later', async () => {
    expect((await takeTurns('no luck')).found).toEqual([undefined, 'no luck', undefined]);
  });

  it('is one of several, each on a topic of its own', async () => {
    const parts = queueParts();
    const found: (string | undefined)[] = [];
    const waiting: Promise<void>[] = [];
    await withSessionLock('ada', parts, async (lock) => {
      for (const topic of ['one', 'two', 'three']) {
        waiting.push(
          withSessionLock('ada', parts, async (next) => {
            found.push(await next.wordLeft(topic));
            await next.leaveWord('three', 'other luck');
          }),
        );
      }
      await parts.allWait(3);
      await lock.leaveWord('one', 'no luck');
      await lock.leaveWord('two', 'bad luck');
      await lock.leaveWord('three', 'other luck');
    });
    await Promise.all(waiting);
    expect(found.sort()).toEqual(['bad luck', 'no luck', 'other luck']);
  });

  it('is news for seconds to those who come while others have waited for it', async () => {
    for (const [passed, word] of [
      [2_999, 'no luck'],
      [3_000, undefined],
      [-1, undefined],
    ] as const) {
      const parts = queueParts();
      const latecomer: Promise<string | undefined>[] = [];
      await withSessionLock('ada', parts, (lock) => lock.leaveWord('here', 'no luck'));
      await withSessionLock('ada', parts, async () => {
        parts.advance(passed);
        latecomer.push(withSessionLock('ada', parts, (lock) => lock.wordLeft('here')));
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
    expect(readdirSync(other).sort()).toEqual(['3', 'words']);
    expect(JSON.parse(readFileSync(join(other, 'words'), 'utf8'))).toMatchObject({
      words: [{ topic: 'here', turn: 1, text: 'no luck' }],
    });
  });
});
