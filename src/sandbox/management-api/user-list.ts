import { isJsonObject } from '../../json.ts';
import type { DirectoryUser } from '../directory.ts';
import type { Environment } from '../environment.ts';
import { platformError, validationError } from '../platform-error.ts';
import type { SandboxResponse } from '../response.ts';
import type { ApiRequest } from './api-request.ts';
import { environmentUrl, link, resource } from './resource.ts';
import { matchesFilter, parsedFilter, pathsOf } from './scim-filter.ts';
import { userResource } from './user.ts';

/** PingOne's pages of users have 200 at most, whatever `limit` says (docs/pingone.md, section 8). */
const largestPage = 200;

/** Gives the users that `filter` describes, a page at a time. */
export function getUsers(request: ApiRequest): SandboxResponse {
  const { environment, url } = request;
  const { filter, limit, cursor } = Object.fromEntries(url.searchParams);
  const isWanted = filter === undefined ? () => true : testOf(environment, filter);
  if (!isWanted) return filterRefused(request);
  const size = limit === undefined ? largestPage : pageSize(limit);
  if (size === undefined) return validationError(request, 'limit', 'must be a whole number from 1 on');
  const after = cursor === undefined ? firstPage : placeOf(cursor);
  if (after === undefined) return validationError(request, 'cursor', 'must be one that a page has linked to');
  const all = environment.directory.users().filter(isWanted);
  const begin = all.filter(({ ordinal }) => ordinal <= after).length;
  const page = all.slice(begin, begin + size);
  const pageLink = (from: number) => link(pageUrl(request, all[from - 1]?.ordinal));
  return resource({
    _links: {
      self: link(`${environmentUrl(environment)}/users${url.search}`),
      next: begin + size < all.length ? pageLink(begin + size) : undefined,
      prev: begin > 0 ? pageLink(Math.max(0, begin - size)) : undefined,
    },
    _embedded: { users: page.map((user) => userResource(environment, user)) },
    count: all.length,
    size: page.length,
  });
}

/** Makes the test that a filter stands for; `undefined` where it is none, or asks about what nobody can ask about. */
function testOf(environment: Environment, text: string): ((user: DirectoryUser) => boolean) | undefined {
  const filter = parsedFilter(text);
  if (!filter || !pathsOf(filter).every((path) => filterable.has(path))) return undefined;
  const { populationId } = environment.seed.environment;
  return (user) => {
    const { id, username, enabled, groups, attributes } = user;
    const own = { id, username, enabled, population: { id: populationId }, memberOfGroups: groups, ...attributes };
    return matchesFilter(filter, (path) => valuesAt(own, path.split('.')));
  };
}

/** Walks down a path; a list stands for all its members. */
function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((member) => valuesAt(member, path));
  const [first, ...rest] = path;
  if (first === undefined) return value === undefined ? [] : [value];
  return isJsonObject(value) && Object.hasOwn(value, first) ? valuesAt(value[first], rest) : [];
}

/** The attributes that PingOne documents for filters, as far as the sandbox's users have them. */
const filterable: ReadonlySet<string> = new Set([
  ...['id', 'username', 'email', 'enabled', 'externalId', 'population.id', 'memberOfGroups.id', 'memberOfGroups.name'],
  ...['name.given', 'name.middle', 'name.family', 'name.formatted', 'name.honorificPrefix', 'name.honorificSuffix'],
  ...['nickname', 'title', 'type', 'locale', 'preferredLanguage', 'timezone', 'mobilePhone', 'primaryPhone'],
  ...['address.streetAddress', 'address.locality', 'address.region', 'address.postalCode', 'address.countryCode'],
  'photo.href',
]);

function filterRefused(request: ApiRequest): SandboxResponse {
  return platformError(request, 'invalidData', [
    {
      code: 'INVALID_FILTER',
      target: 'filter',
      message:
        'is not understood: it compares attributes of a user by eq, sw, ew and co, joined by and, or and parentheses, e.g. username eq "ada"',
    },
  ]);
}

function pageSize(limit: string): number | undefined {
  return /^[1-9]\d*$/.test(limit) ? Math.min(Number(limit), largestPage) : undefined;
}

/** Before the first user. */
const firstPage = 0;

/** A cursor says after whom the page begins, so that a page stays what it is while users are deleted before it. */
function cursorAfter(ordinal: number): string {
  return Buffer.from(`after:${ordinal}`).toString('base64url');
}

function placeOf(cursor: string): number | undefined {
  const [, ordinal] = /^after:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  return ordinal === undefined ? undefined : Number(ordinal);
}

function pageUrl({ environment, url }: ApiRequest, after = firstPage): string {
  const query = new URLSearchParams(url.searchParams);
  query.set('cursor', cursorAfter(after));
  return `${environmentUrl(environment)}/users?${query}`;
}
