import { readdirSync, readFileSync, truncateSync, utimesSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import { newestTurn, takeTurn } from '../../src/files/lock.ts';
import type { RefreshOutcome } from '../../src/oidc/refresh.ts';
import type { TokenSet } from '../../src/oidc/token-set.ts';
import { freshSession, type Refresh } from '../../src/session/fresh-session.ts';
import { accountOf, type Session } from '../../src/session/session.ts';
import {
  clearSession,
  parseSession,
  readSession,
  serializeSession,
  storeSession,
} from '../../src/session/stored-session.ts';
import type { Need } from '../../src/session/token-need.ts';
import { asRead } from '../support/failures.ts';
import { stateFolderAt } from '../support/own-folders.ts';
import { expected, identity, queueParts, sampleParts, sampleSession, storeOver } from '../support/session-samples.ts';

const account = accountOf(identity);
const minute = 60_000;

/** A stored session whose access token lives so long, and a token endpoint that is asked as often as `asked` says. */
function keptSession(ttlMs: number, tokens: Partial<Session['tokens']> = {}) {
  return sessionIn(sampleParts(), ttlMs, tokens);
}

function sessionIn<Parts extends ReturnType<typeof sampleParts>>(
  parts: Parts,
  ttlMs: number,
  tokens: Partial<Session['tokens']> = {},
) {
  const session = sampleSession(parts.runtime.now(), ttlMs, tokens);
  parts.items.set(account, serializeSession(session));
  const asked: string[] = [];
  const refresh: Refresh = async ({ tokens: { refreshToken } }) => {
    asked.push(refreshToken);
    return answer(parts.runtime.now());
  };
  const accessToken = async (need?: Need, by: Refresh = refresh) =>
    (await freshSession(parts, expected, by, need)).tokens.accessToken;
  const stored = () => parseSession(parts.items.get(account), identity);
  return { ...parts, session, asked, refresh, accessToken, stored };
}

function answer(now: number): RefreshOutcome {
  return renewed({ accessToken: 'access-2', refreshToken: 'refresh-2', idToken: 'id-2', expiresAt: now + 60 * minute });
}

function renewed(tokens: TokenSet): RefreshOutcome {
  return { kind: 'renewed', tokens };
}

/** A refresh that brings no tokens. */
function without(kind: Exclude<RefreshOutcome['kind'], 'renewed'>, code: string): Refresh {
  return async () => ({ kind, failure: new Failure(failureKinds[kind], 'No.', { code }) });
}

const failureKinds = {
  unanswered: 'unreachable',
  unusable: 'failed',
  refused: 'refused',
  dead: 'signInNeeded',
  untrusted: 'signInNeeded',
} as const;

describe('an access token that is good', () => {
  const good = [
    { name: 'for an hour', expiresIn: 60 * minute, need: {} },
    { name: 'for as long as it is not refused', expiresIn: undefined, need: {} },
    { name: 'for exactly the minute that is aimed at', expiresIn: minute, need: {} },
    { name: 'for exactly as long as asked', expiresIn: 30 * minute, need: { minTtlMs: 30 * minute } },
    { name: 'for longer than asked', expiresIn: 31 * minute, need: { minTtlMs: 30 * minute } },
    { name: 'though another was refused', expiresIn: 60 * minute, need: { rejected: 'access-0' } },
  ];
  for (const { name, expiresIn, need } of good) {
    it(`${name} is returned without asking the server or taking the lock`, async () => {
      const { items, ...kept } = sampleParts();
      const { runtime } = kept;
      const { expiresAt: _, ...unlimited } = sampleSession(0, 0).tokens;
      const tokens = expiresIn === undefined ? unlimited : { ...unlimited, expiresAt: runtime.now() + expiresIn };
      items.set(account, serializeSession({ ...sampleSession(0, 0), tokens }));
      // No folder can be made there: whoever takes the lock fails.
      const parts = { ...kept, stateFolder: stateFolderAt('/dev/null') };
      const session = await freshSession(parts, expected, without('unusable', 'asked'), need);
      expect(session.tokens).toEqual(tokens);
    });
  }
});

describe('an access token that is not good enough', () => {
  const poor = [
    { name: 'because it has expired', ttlMs: -1, need: {} },
    { name: 'because it is about to expire', ttlMs: minute - 1, need: {} },
    { name: 'because it is about to expire, though less was asked', ttlMs: minute - 1, need: { minTtlMs: 1_000 } },
    { name: 'for what was asked', ttlMs: 30 * minute, need: { minTtlMs: 30 * minute + 1 } },
    { name: 'because another one is wanted', ttlMs: 60 * minute, need: { anew: true } },
    { name: 'because a server refused it', ttlMs: 60 * minute, need: { rejected: 'access-1' } },
  ];
  for (const { name, ttlMs, need } of poor) {
    it(`${name} is replaced, once, and the new session stored`, async () => {
      const { accessToken, asked, stored } = keptSession(ttlMs);
      expect(await accessToken(need)).toBe('access-2');
      expect(asked).toEqual(['refresh-1']);
      expect(stored()).toMatchObject({ session: { tokens: { accessToken: 'access-2', refreshToken: 'refresh-2' } } });
    });
  }

  it('is replaced once for all who ask in one process', async () => {
    const { accessToken, asked } = keptSession(-1);
    const all = await Promise.all(Array.from({ length: 10 }, () => accessToken()));
    expect(all).toEqual(Array(10).fill('access-2'));
    expect(asked).toEqual(['refresh-1']);
  });

  it('is replaced once for all, even when new ones live for seconds only', async () => {
    const { accessToken, asked, runtime } = keptSession(-1);
    const brief: Refresh = async ({ tokens }) => {
      asked.push(tokens.refreshToken);
      return renewed({ accessToken: 'access-2', refreshToken: 'refresh-2', expiresAt: runtime.now() + 20_000 });
    };
    await Promise.all(Array.from({ length: 5 }, () => accessToken({ minTtlMs: 30 * minute }, brief)));
    expect(asked).toEqual(['refresh-1']);
  });

  it('keeps what the server’s answer leaves out', async () => {
    const { accessToken, stored, runtime } = keptSession(-1);
    await accessToken({}, async () => renewed({ accessToken: 'access-2', expiresAt: runtime.now() + 60 * minute }));
    expect(stored()).toMatchObject({
      session: { tokens: { refreshToken: 'refresh-1', idToken: 'id-1', scope: ['openid', 'profile'] } },
    });
  });

  it('does not keep the old expiry when the server names none', async () => {
    const { accessToken, stored } = keptSession(-1);
    await accessToken({}, async () => renewed({ accessToken: 'access-2' }));
    const found = stored();
    expect(found.kind === 'session' && found.session.tokens.expiresAt).toBeUndefined();
  });
});

describe('when no new token can be had', () => {
  const outages = [
    { name: 'no connection', kind: 'unanswered', code: 'network' },
    { name: 'a server in trouble', kind: 'unusable', code: 'server_error' },
  ] as const;
  for (const { name, kind, code } of outages) {
    it(`${name} keeps the session and uses what life the token has`, async () => {
      for (const [ttlMs, need] of [
        [1, {}],
        [30_000, { minTtlMs: 30_000 }],
      ] as const) {
        const { accessToken, items } = keptSession(ttlMs);
        const before = items.get(account);
        expect(await accessToken(need, without(kind, code))).toBe('access-1');
        expect(items.get(account)).toBe(before);
      }
    });

    it(`${name} keeps the session and is told when the token has expired, is too short or was refused`, async () => {
      for (const [ttlMs, need] of [
        [0, {}],
        [30_000, { minTtlMs: 30_001 }],
        [30_000, { rejected: 'access-1' }],
      ] as const) {
        const { accessToken, items } = keptSession(ttlMs);
        const before = items.get(account);
        await expect(accessToken(need, without(kind, code))).rejects.toMatchObject({ kind: failureKinds[kind], code });
        expect(items.get(account)).toBe(before);
      }
    });
  }

  for (const { name, kind, code } of outages) {
    it(`${name} is found by one for all thirty who wait, and found anew by whoever comes later`, async () => {
      const { accessToken, items, allWait } = sessionIn(queueParts(), -1);
      const before = items.get(account);
      let asked = 0;
      const failing: Refresh = async (...given) => {
        asked += 1;
        await allWait(29);
        return without(kind, code)(...given);
      };
      const all = await Promise.allSettled(Array.from({ length: 30 }, () => accessToken({}, failing)));
      expect(all.map((one) => one.status === 'rejected' && one.reason)).toMatchObject(
        Array(30).fill({ kind: failureKinds[kind], code, message: 'No.' }),
      );
      expect(asked).toBe(1);
      expect(items.get(account)).toBe(before);
      expect(await accessToken()).toBe('access-2');
    });
  }

  it('those who wait use what life the token has, as the one who asked', async () => {
    const { accessToken, allWait } = sessionIn(queueParts(), 30_000);
    let asked = 0;
    const failing: Refresh = async (...given) => {
      asked += 1;
      await allWait(4);
      return without('unusable', 'server_error')(...given);
    };
    const all = await Promise.all(Array.from({ length: 5 }, () => accessToken({}, failing)));
    expect([all, asked]).toEqual([Array(5).fill('access-1'), 1]);
  });

  it.each(['refresh-1', 'access-1', 'id-1', 'refresh-2'])(
    'no word is left for those who wait that repeats %s',
    async (token) => {
      const { accessToken, allWait, stateFolder } = sessionIn(queueParts(), -1);
      let second: Promise<string> | undefined;
      const failing: Refresh = async (_session, keepRotated) => {
        second = accessToken();
        await allWait(1);
        await keepRotated('refresh-2');
        const failure = new Failure('failed', `What is ${token}?`, { code: 'server_error' });
        return { kind: 'unusable', failure };
      };
      await expect(accessToken({}, failing)).rejects.toMatchObject({ code: 'server_error' });
      expect(await second).toBe('access-2');
      const folder = join(stateFolder.path, 'locks');
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const left = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));
      expect(left.join()).not.toContain(token);
    },
  );

  it('because the refresh was interrupted, that is what is told', async () => {
    const { accessToken } = keptSession(30_000);
    const interrupted = new Error('Ctrl-C');
    await expect(accessToken({}, () => Promise.reject(interrupted))).rejects.toBe(interrupted);
  });

  it('a client that is refused is no news to those who wait: they may have another secret', async () => {
    const { accessToken, allWait } = sessionIn(queueParts(), -1);
    let second: Promise<string> | undefined;
    const refused: Refresh = async (...given) => {
      second = accessToken();
      await allWait(1);
      return without('refused', 'invalid_client')(...given);
    };
    await expect(accessToken({}, refused)).rejects.toMatchObject({ code: 'invalid_client' });
    expect(await second).toBe('access-2');
  });

  it('a client that is refused is told, and the session kept', async () => {
    const { accessToken, items } = keptSession(30_000);
    const before = items.get(account);
    await expect(accessToken({}, without('refused', 'invalid_client'))).rejects.toMatchObject({
      code: 'invalid_client',
    });
    expect(items.get(account)).toBe(before);
  });

  it('a dead refresh token is forgotten, the rest kept for logout', async () => {
    const { accessToken, stored } = keptSession(-1);
    await expect(accessToken({}, without('dead', 'invalid_grant'))).rejects.toMatchObject({ exitCode: 4 });
    const found = stored();
    expect(found).toMatchObject({ session: { tokens: { idToken: 'id-1' } } });
    expect(found.kind === 'session' && found.session.tokens.refreshToken).toBeUndefined();
    await expect(accessToken()).rejects.toMatchObject({ code: 'session_expired', exitCode: 4 });
  });

  it('a dead refresh token still leaves the access token its last seconds', async () => {
    const { accessToken } = keptSession(30_000);
    expect(await accessToken({}, without('dead', 'invalid_grant'))).toBe('access-1');
  });

  it.each([
    ['a newer token', { now: 0, ttlMs: 60 * minute, accessToken: 'access-of-another' }],
    ['one that lives for seconds only', { now: 0, ttlMs: 1, accessToken: 'access-of-another' }],
    ['the same of a new sign-in', { now: 1, ttlMs: 60 * minute, accessToken: 'access-1' }],
  ])(
    'a refused refresh token does not touch what another process stored meanwhile, %s',
    async (_name, { now, ttlMs, ...tokens }) => {
      const { accessToken, items, runtime } = keptSession(-1);
      const other = serializeSession(sampleSession(runtime.now() + now, ttlMs, tokens));
      const refused: Refresh = async (...asked) => {
        items.set(account, other);
        return without('dead', 'invalid_grant')(...asked);
      };
      expect(await accessToken({}, refused)).toBe(tokens.accessToken);
      expect(items.get(account)).toBe(other);
    },
  );

  it('an answer for another user ends the session', async () => {
    const { accessToken, items } = keptSession(30_000);
    await expect(accessToken({}, without('untrusted', 'subject_changed'))).rejects.toMatchObject({ exitCode: 4 });
    expect(items.size).toBe(0);
  });

  it('a store that fails after the refresh is told loudly', async () => {
    const { items, refresh, ...parts } = keptSession(-1);
    const full = new Failure('failed', 'The disk is full.', { code: 'state_folder', hint: 'Free some space.' });
    const store = storeOver(items, (call) => (call === 'write' ? Promise.reject(full) : undefined));
    const renewing = freshSession({ ...parts, store }, expected, refresh);
    expect(await renewing.catch(asRead)).toMatchObject({
      kind: 'failed',
      code: 'session_not_stored',
      message: expect.stringContaining('The disk is full.'),
      hint: 'Free some space. Then sign in again with "ping14c login".',
    });
  });
});

describe('a refresh token that the server has rotated', () => {
  const refused: Refresh = async (session, keepRotated) => {
    await keepRotated('refresh-2');
    return without('unusable', 'token_not_timely')(session, keepRotated);
  };

  it('is kept beside the old tokens when the rest of the answer is refused, and is the next to be sent', async () => {
    const { accessToken, asked, refresh, stored } = keptSession(-1);
    await expect(accessToken({}, refused)).rejects.toMatchObject({ code: 'token_not_timely' });
    expect(stored()).toMatchObject({
      session: { tokens: { accessToken: 'access-1', refreshToken: 'refresh-2', idToken: 'id-1' } },
    });
    await accessToken({}, refresh);
    expect(asked).toEqual(['refresh-2']);
  });

  it('is not written where the server gives the same one back', async () => {
    const { items, ...parts } = keptSession(30_000);
    const writes: string[] = [];
    const store = storeOver(items, (call) => {
      if (call === 'write') writes.push(call);
    });
    await freshSession({ ...parts, store }, expected, async (session, keepRotated) => {
      await keepRotated('refresh-1');
      return without('unusable', 'token_not_timely')(session, keepRotated);
    });
    expect(writes).toEqual([]);
  });

  it('is stored before the answer is judged', async () => {
    const { accessToken, runtime, stored } = keptSession(-1);
    const seen: unknown[] = [];
    await accessToken({}, async (_session, keepRotated) => {
      await keepRotated('refresh-2');
      seen.push(stored());
      return answer(runtime.now());
    });
    expect(seen).toMatchObject([{ session: { tokens: { accessToken: 'access-1', refreshToken: 'refresh-2' } } }]);
  });

  it.each<[string, Refresh]>([
    ['', refused],
    [
      ', whatever becomes of the request then',
      async (session, keepRotated) => {
        await keepRotated('refresh-2').catch(() => {});
        return without('unanswered', 'network')(session, keepRotated);
      },
    ],
    [
      ', in place of what the request makes of it',
      async (_session, keepRotated) => {
        await keepRotated('refresh-2').catch(() => {});
        throw new Error('The request failed.');
      },
    ],
  ])('that cannot be stored is told loudly, even while the old access token lives%s', async (_name, refresh) => {
    for (const full of [new Error('It is full.'), new Failure('failed', 'It is full.', { code: 'state_folder' })]) {
      const { items, ...parts } = keptSession(30_000);
      const store = storeOver(items, (call) => (call === 'write' ? Promise.reject(full) : undefined));
      expect(await freshSession({ ...parts, store }, expected, refresh).catch(asRead)).toMatchObject({
        kind: 'failed',
        code: 'session_not_stored',
        message: 'The session was renewed but could not be stored. It is full.',
        hint: 'Then sign in again with "ping14c login".',
      });
    }
  });

  it('is taken from the store when another process has rotated it and ours is refused', async () => {
    const { accessToken, items, asked, refresh, session } = keptSession(-1);
    const overtaken: Refresh = async (sent, keepRotated) => {
      if (sent.tokens.refreshToken !== 'refresh-1') return refresh(sent, keepRotated);
      items.set(account, serializeSession({ ...session, tokens: { ...session.tokens, refreshToken: 'refresh-9' } }));
      return without('dead', 'invalid_grant')(sent, keepRotated);
    };
    expect(await accessToken({}, overtaken)).toBe('access-2');
    expect(asked).toEqual(['refresh-9']);
  });
});

describe('a machine that shares this folder', () => {
  /** A process on it has a number that means nothing here, so that only its heartbeat tells whether it lives. */
  const elsewhere = { pid: 999_999_999, mark: 'of its own', place: 'another-machine' };

  /** The other machine takes the lock, whoever had it; its turn's file is returned. */
  async function takesTheLock({ stateFolder, runtime }: ReturnType<typeof sampleParts>): Promise<string> {
    const folder = join(stateFolder.path, 'locks', account);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const number = (await newestTurn(folder, runtime.userId)).number + 1;
    expect(await takeTurn(folder, number, elsewhere)).toBe(true);
    return join(folder, String(number));
  }

  const itsSession = (now: number) =>
    serializeSession(sampleSession(now, 60 * minute, { accessToken: 'access-of-it', refreshToken: 'refresh-of-it' }));

  it('and refreshes is waited for while its heart beats, and my token is not sent a second time', async () => {
    const parts = sampleParts();
    const turn = await takesTheLock(parts);
    let pauses = 0;
    const runtime: typeof parts.runtime = {
      ...parts.runtime,
      sleep: async (ms, signal) => {
        if (signal !== parts.runtime.signal) return parts.runtime.sleep(ms, signal);
        pauses += 1;
        utimesSync(turn, pauses, pauses);
        // Longer than anybody waits for a holder that shows no sign of life.
        if (pauses === 60) {
          parts.items.set(account, itsSession(runtime.now()));
          truncateSync(turn);
        }
        return parts.runtime.sleep(ms, signal);
      },
    };
    const { accessToken, asked } = sessionIn({ ...parts, runtime }, -1);
    expect(await accessToken()).toBe('access-of-it');
    expect({ asked, pauses }).toEqual({ asked: [], pauses: 60 });
  });

  it('and overtakes me before I have sent anything leaves me its session, and I send nothing', async () => {
    const parts = sampleParts();
    let reads = 0;
    const store = storeOver(parts.items, async (call) => {
      if (call !== 'read') return;
      reads += 1;
      // The second look is the one under the lock; what it finds was stored before.
      if (reads === 2) truncateSync(await takesTheLock(parts));
      if (reads === 3) parts.items.set(account, itsSession(parts.runtime.now()));
    });
    const { accessToken, asked } = sessionIn({ ...parts, store }, -1);
    expect(await accessToken()).toBe('access-of-it');
    expect(asked).toEqual([]);
  });

  it.each(['dead', 'untrusted'] as const)(
    'and overtakes me while the server’s answer is on its way: where that is %s, I write nothing',
    async (kind) => {
      const kept = keptSession(30_000);
      const before = kept.items.get(account);
      const overtaken: Refresh = async (...given) => {
        truncateSync(await takesTheLock(kept));
        return without(kind, 'no_more')(...given);
      };
      await expect(kept.accessToken({}, overtaken)).rejects.toMatchObject({ exitCode: 4, code: 'no_more' });
      expect(kept.items.get(account)).toBe(before);
    },
  );

  it('and overtakes me with the new tokens in my hand leaves me to store them when it is done', async () => {
    const kept = keptSession(-1);
    const overtaken: Refresh = async (...given) => {
      truncateSync(await takesTheLock(kept));
      return kept.refresh(...given);
    };
    expect(await kept.accessToken({}, overtaken)).toBe('access-2');
    expect(kept.asked).toEqual(['refresh-1']);
    expect(kept.stored()).toMatchObject({
      session: { tokens: { accessToken: 'access-2', refreshToken: 'refresh-2' } },
    });
  });

  it('and overtakes me, and signs in anew, keeps its session, and I use that', async () => {
    const kept = keptSession(-1);
    const overtaken: Refresh = async (...given) => {
      truncateSync(await takesTheLock(kept));
      kept.items.set(account, itsSession(kept.runtime.now()));
      return kept.refresh(...given);
    };
    expect(await kept.accessToken({}, overtaken)).toBe('access-of-it');
    expect(kept.items.get(account)).toBe(itsSession(kept.runtime.now()));
  });

  it('and overtakes me before the rotated token is kept has that for its own: I write nothing under its lock', async () => {
    const { accessToken, items, ...kept } = keptSession(30_000);
    const before = items.get(account);
    const overtaken: Refresh = async (sent, keepRotated) => {
      truncateSync(await takesTheLock({ ...kept, items }));
      await keepRotated('refresh-2');
      return without('unusable', 'token_not_timely')(sent, keepRotated);
    };
    expect(await accessToken({}, overtaken)).toBe('access-1');
    expect(items.get(account)).toBe(before);
  });
});

describe('a session that was made for another API than the one in force', () => {
  const api = { base: 'https://api.pingone.com/v1', from: 'PINGONE_API_DOMAIN' };

  it.each([{ ttlMs: 60 * minute }, { ttlMs: -1 }])(
    'is not used, nor renewed ($ttlMs ms of life)',
    async ({ ttlMs }) => {
      const { asked, items, refresh, ...parts } = keptSession(ttlMs);
      const before = items.get(account);
      await expect(freshSession(parts, { ...identity, api }, refresh)).rejects.toMatchObject({
        exitCode: 4,
        code: 'api_changed',
        message: expect.stringMatching(
          /https:\/\/api\.pingone\.eu\/v1.*PINGONE_API_DOMAIN.*https:\/\/api\.pingone\.com\/v1/,
        ),
      });
      expect({ asked, stored: items.get(account) }).toEqual({ asked: [], stored: before });
    },
  );

  it('counts so where an earlier ping14c has not noted which one it was made for', async () => {
    const { items, session, accessToken } = keptSession(60 * minute);
    const { apiBase: _, ...earlier } = session;
    items.set(account, serializeSession(earlier));
    await expect(accessToken()).rejects.toMatchObject({ exitCode: 4, code: 'session_outdated' });
  });
});

describe('no session', () => {
  it('is told with the command that makes one', async () => {
    const parts = sampleParts();
    expect(await freshSession(parts, expected, without('unusable', 'asked')).catch(asRead)).toMatchObject({
      kind: 'signInNeeded',
      code: 'no_session',
      message: 'You are not signed in.',
      hint: expect.stringContaining('ping14c login'),
    });
  });

  const unusable = [
    { text: '', says: 'damaged' },
    { text: '{"version":2}', says: 'a newer ping14c stored it' },
    { text: '{"version":1}', says: 'damaged' },
    { text: serializeSession({ ...sampleSession(0, 0), clientId: 'another' }), says: 'belongs to other settings' },
    { text: '['.repeat(600_000), says: 'larger than any that ping14c stores' },
  ];
  for (const { text, says } of unusable) {
    it(`to read in ${text.slice(0, 40) || 'an empty record'} is told too, and what is there is left alone`, async () => {
      const parts = sampleParts();
      parts.items.set(account, text);
      await expect(freshSession(parts, expected, without('unusable', 'asked'))).rejects.toMatchObject({
        code: 'session_unreadable',
        exitCode: 4,
        message: expect.stringContaining(says),
      });
      expect(parts.items.get(account)).toBe(text);
    });
  }

  it('and no refresh token for an expired one needs a new sign-in', async () => {
    const { items, session, refresh, ...kept } = keptSession(0);
    const { refreshToken: _, ...tokens } = session.tokens;
    items.set(account, serializeSession({ ...session, tokens }));
    // There is nothing to take the lock for.
    const parts = { ...kept, stateFolder: stateFolderAt('/dev/null') };
    expect(await freshSession(parts, expected, refresh).catch(asRead)).toMatchObject({
      kind: 'signInNeeded',
      code: 'session_expired',
      message: 'The access token is no longer good, and there is no refresh token to renew it.',
      hint: 'Sign in again with "ping14c login".',
    });
  });

  it.each([
    [1, 'access-1'],
    [0, 'session_expired'],
  ])('and no refresh token any more, since another process was refused: %i ms of life are %s', async (ttlMs, told) => {
    const parts = sampleParts();
    let reads = 0;
    const store = storeOver(parts.items, (call) => {
      if (call !== 'read') return;
      reads += 1;
      if (reads !== 2) return;
      const { refreshToken: _, ...tokens } = session.tokens;
      parts.items.set(account, serializeSession({ ...session, tokens }));
    });
    const { accessToken, asked, session } = sessionIn({ ...parts, store }, ttlMs);
    expect(await accessToken().catch((error: Failure) => error.code)).toBe(told);
    expect(asked).toEqual([]);
  });

  it('with an access token, of a sign-in that gave an ID token alone, is told; who is signed in is known', async () => {
    const parts = sampleParts();
    const tokens = { accessToken: '', idToken: 'id-1' };
    const session = { ...sampleSession(parts.runtime.now(), 0), tokens };
    parts.items.set(account, serializeSession(session));
    const refresh = without('unusable', 'asked');
    expect(await freshSession(parts, expected, refresh).catch(asRead)).toMatchObject({
      kind: 'signInNeeded',
      code: 'access_token_missing',
      message: expect.stringContaining('response type id_token'),
      hint: 'Sign in again with "ping14c login", without --implicit or with another --response-type.',
    });
    expect(await freshSession(parts, expected, refresh, { identityOnly: true })).toEqual(session);
  });
});

describe('sign-in and logout', () => {
  it('of tokens too large to be read again keep the session before, and say so', async () => {
    const parts = sampleParts();
    const before = sampleSession(parts.runtime.now(), minute);
    await storeSession(parts, before);
    const large = sampleSession(parts.runtime.now(), minute, { accessToken: 'x'.repeat(600_000) });
    await expect(storeSession(parts, large)).rejects.toMatchObject({ code: 'session_too_large' });
    expect(await readSession(parts, identity)).toEqual({ kind: 'session', session: before });
  });

  it('store the session and clear it, and logout gets the newest tokens to revoke', async () => {
    const parts = sampleParts();
    const session = sampleSession(parts.runtime.now(), minute);
    await storeSession(parts, session);
    expect(await readSession(parts, identity)).toEqual({ kind: 'session', session });
    expect(await clearSession(parts, identity)).toEqual({ kind: 'session', session });
    expect(await clearSession(parts, identity)).toEqual({ kind: 'absent' });
    expect(parts.items.size).toBe(0);
  });

  it('clear what cannot be read', async () => {
    const parts = sampleParts();
    parts.items.set(account, '{"version":7}');
    expect(await clearSession(parts, identity)).toEqual({ kind: 'unreadable', reason: 'newer' });
    expect(parts.items.size).toBe(0);
  });
});
