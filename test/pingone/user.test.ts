import { describe, expect, it } from 'vitest';
import type { PingOneClient } from '../../src/pingone/client.ts';
import { changePassword, readPasswordState } from '../../src/pingone/password.ts';
import { readUser } from '../../src/pingone/user.ts';

/** A client that answers whatever it is asked for as if it were there, and remembers what that was. */
function recordingClient(id: string): { readonly client: PingOneClient; readonly asked: string[] } {
  const asked: string[] = [];
  const body = { id, status: 'OK', user: { id } };
  const client: PingOneClient = {
    read: async (path) => {
      asked.push(path);
      return body;
    },
    send: async ({ path }) => {
      asked.push(path);
      return { kind: 'accepted', body };
    },
  };
  return { client, asked };
}

const circumstances = { now: () => 0, signal: new AbortController().signal };
const passwords = { currentPassword: 'Old password 1!', newPassword: 'New password 2!' };

const requests: readonly (readonly [what: string, run: (client: PingOneClient, id: string) => Promise<unknown>])[] = [
  ['the user record', readUser],
  ['the password state', readPasswordState],
  ['the password change', (client, id) => changePassword(client, id, passwords, undefined, circumstances)],
];

describe('a user ID that is not one plain path segment', () => {
  const ids = ['..', '.', '../..', 'a/b', '/', '\\', 'a?b', 'a#b', '%2e%2e', '', ' ', 'a\nb', 'ü', '..;'];
  const rows = requests.flatMap(([what, run]) => ids.map((id) => ({ what, run, id })));

  it.each(rows)('sends no request for $what: $id', async ({ run, id }) => {
    const { client, asked } = recordingClient(id);
    await expect(run(client, id)).rejects.toMatchObject({ code: 'user_id_not_valid', exitCode: 1 });
    expect(asked).toEqual([]);
  });
});

describe('the record of somebody else', () => {
  const id = '0fa17000-0000-4000-8000-0000000000aa';
  it.each([{ id: 'd0000000-0000-4000-8000-000000000002', email: 'bob@example.com' }, { email: 'bob@example.com' }])(
    'is not shown, and where the mistake may be is told: %j',
    async (body) => {
      const client = { ...recordingClient(id).client, read: async () => body };
      await expect(readUser(client, id)).rejects.toMatchObject({
        code: 'unexpected_answer',
        message: expect.not.stringContaining('bob'),
        hint: expect.stringContaining('--api-url'),
      });
    },
  );
});

it('leaves out of a record what is null, as a name that nobody gave', async () => {
  const id = '0fa17000-0000-4000-8000-0000000000aa';
  const body = { id, title: null, name: { given: 'Ada', middle: null } };
  const { attributes } = await readUser({ ...recordingClient(id).client, read: async () => body }, id);
  expect(attributes).toEqual({ id, 'name.given': 'Ada' });
});

describe('a user ID as PingOne gives it', () => {
  it.each(requests)('stands in the path of %s as it is', async (_what, run) => {
    const id = '0fa17000-0000-4000-8000-0000000000aa';
    const { client, asked } = recordingClient(id);
    await run(client, id);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(new RegExp(`^/users/${id}(?:$|/password)`));
  });
});
