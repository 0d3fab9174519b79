import { describe, expect, it } from 'vitest';
import { isJsonObject } from '../../../src/json.ts';
import { type ManagementApi, managementApi, people } from '../../support/management-api.ts';

/** Collects the addresses of all `_links` in a document, those inside of embedded ones too. */
function linksIn(document: unknown): readonly string[] {
  if (Array.isArray(document)) return document.flatMap(linksIn);
  if (!isJsonObject(document)) return [];
  const links = isJsonObject(document['_links']) ? Object.values(document['_links']) : [];
  const own = links.map((link) => (isJsonObject(link) ? String(link['href']) : ''));
  return [...own, ...Object.values(document).flatMap(linksIn)];
}

/** Follows every link from here on, and tells the status of each. */
async function crawled(api: ManagementApi, ...begin: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const token = await api.workerToken('0003');
  const base = `${api.environment.apiUrl}/environments/${api.environment.seed.environment.id}`;
  const seen = new Map<string, number>();
  const waiting = begin.map((path) => `${base}${path}`);
  for (let href = waiting.pop(); href !== undefined; href = waiting.pop()) {
    if (seen.has(href)) continue;
    const isOurs = href === base || href.startsWith(`${base}/`);
    const { status, body } = isOurs
      ? await api.call('GET', href.slice(base.length + 1), { token })
      : { status: 0, body: undefined };
    seen.set(href, status);
    waiting.push(...linksIn(body));
  }
  return seen;
}

describe('every link of the management API', () => {
  it('that can be come to from the environment leads somewhere', async () => {
    const api = await managementApi();
    const found = await crawled(api, '');
    expect([...found].filter(([, status]) => status !== 200)).toEqual([]);
    const { id } = people['donald'] ?? {};
    for (const path of ['/users', '/populations', '/groups', '/passwordPolicies', `/users/${id}/linkedAccounts`]) {
      expect([...found.keys()].filter((href) => href.endsWith(path))).toHaveLength(1);
    }
  });

  it('of what no other links to, either', async () => {
    const api = await managementApi();
    const { id = '' } = people['ada'] ?? {};
    api.signedOn(id);
    const own = ['sessions', 'memberOfGroups', 'enabled', 'population'].map((part) => `/users/${id}/${part}`);
    const found = await crawled(api, ...own, '/users?limit=2');
    expect([...found].filter(([, status]) => status !== 200)).toEqual([]);
    expect([...found.keys()].filter((href) => href.includes('cursor=')).length).toBeGreaterThan(3);
  });
});

it('a worker sees the groups of the environment, and those of a user', async () => {
  const api = await managementApi();
  const [token, id] = [await api.workerToken('0003'), '90000000-0000-4000-8000-000000000001'];
  const groups = await api.call('GET', 'groups', { token });
  expect(groups.body._embedded.groups).toMatchObject([
    {
      _links: { self: { href: expect.stringMatching(new RegExp(`/groups/${id}$`)) } },
      ...{ id, name: 'Mathematicians', directMemberCounts: { users: 1 } },
    },
  ]);
  const memberships = await api.call('GET', `users/${people['ada']?.id}/memberOfGroups`, { token });
  expect(memberships.body._embedded.groupMemberships).toMatchObject([{ id, name: 'Mathematicians' }]);
  expect((await api.call('GET', `users/${people['grace']?.id}/memberOfGroups/${id}`, { token })).status).toBe(404);
  expect((await api.call('GET', 'groups/other', { token })).status).toBe(404);
});
