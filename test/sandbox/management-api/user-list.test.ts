import { describe, expect, it } from 'vitest';
import { type ManagementApi, managementApi, people } from '../../support/management-api.ts';

async function list(api: ManagementApi, query = '') {
  return api.call('GET', `users${encodeURI(query)}`, { token: await api.workerToken('0003') });
}

/** Follows a link, which is absolute. */
async function follow(api: ManagementApi, { href }: { readonly href: string }) {
  return list(api, decodeURI(href.slice(href.indexOf('/users') + '/users'.length)));
}

const namesIn = (answer: { readonly body: { _embedded: { users: { username: string }[] } } }) =>
  answer.body._embedded.users.map(({ username }) => username);

describe('a worker looks users up', () => {
  it.each([
    ['', 9],
    ['?filter=username eq "ada"', 1],
    ['?filter=email eq "ADA@example.com"', 1],
    ['?filter=username eq "nobody"', 0],
    ['?filter=(name.family eq "Lovelace") and (name.given sw "A")', 1],
    ['?filter=name.given sw "A" or username sw "gr"', 3],
    ['?filter=enabled eq false', 1],
    ['?filter=population.id eq "b0000000-0000-4000-8000-000000000001"', 9],
    ['?filter=memberOfGroups[id eq "90000000-0000-4000-8000-000000000001"]', 1],
    [`?filter=id eq "${people['grace']?.id}"`, 1],
    ['?filter=externalId eq "x"', 0],
  ])('users%s: %i', async (query, count) => {
    const api = await managementApi();
    const { body } = await list(api, query);
    expect([body.count, body.size, body._embedded.users.length]).toEqual([count, count, count]);
  });

  it.each(['userName eq "ada"', 'password eq "x"', 'username pr', 'username', '__proto__ eq "x"'])(
    'and is told that a filter is none: %s',
    async (filter) => {
      const api = await managementApi();
      const answer = await list(api, `?filter=${filter}`);
      expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_DATA']);
      expect(answer.body.details).toMatchObject([{ code: 'INVALID_FILTER', target: 'filter' }]);
    },
  );
});

describe('the list of users comes in pages', () => {
  it('that link to each other, and together are all', async () => {
    const api = await managementApi();
    const first = await list(api, '?limit=4');
    const second = await follow(api, first.body._links.next);
    const third = await follow(api, second.body._links.next);
    expect([first, second, third].map(({ body }) => [body.count, body.size])).toEqual([
      [9, 4],
      [9, 4],
      [9, 1],
    ]);
    expect([first, second, third].flatMap(namesIn)).toEqual(Object.keys(people));
    expect(first.body._links).not.toHaveProperty('prev');
    expect(third.body._links).not.toHaveProperty('next');
    expect(namesIn(await follow(api, third.body._links.prev))).toEqual(namesIn(second));
    expect(namesIn(await follow(api, second.body._links.prev))).toEqual(namesIn(first));
    expect(namesIn(await follow(api, second.body._links.self))).toEqual(namesIn(second));
  });

  it('of those that were filtered', async () => {
    const api = await managementApi();
    const first = await list(api, '?filter=name.given sw "A"&limit=1');
    expect([namesIn(first), first.body.count]).toEqual([['ada'], 2]);
    expect(namesIn(await follow(api, first.body._links.next))).toEqual(['alan']);
  });

  it('and nobody is passed over who is left when a page is deleted before the next is asked for', async () => {
    const api = await managementApi();
    const first = await list(api, '?limit=4');
    for (const { id } of first.body._embedded.users) api.environment.directory.remove(id);
    expect(namesIn(await follow(api, first.body._links.next))).toEqual(Object.keys(people).slice(4, 8));
  });

  it('of 200 at most', async () => {
    const api = await managementApi();
    for (let count = 0; count < 200; count++) {
      api.environment.directory.create({
        ...{ username: `user-${count}`, attributes: {}, enabled: true, mfaEnabled: false, password: undefined },
      });
    }
    expect((await list(api)).body).toMatchObject({ count: 209, size: 200 });
    expect((await list(api, '?limit=1000')).body.size).toBe(200);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=many', 'limit'],
    ['cursor=nonsense', 'cursor'],
  ])('not with %s', async (query, target) => {
    const api = await managementApi();
    const answer = await list(api, `?${query}`);
    expect([answer.status, answer.body.details[0].target]).toEqual([400, target]);
  });
});
