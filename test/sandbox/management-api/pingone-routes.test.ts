import { describe, expect, it } from 'vitest';
import { isPingOneRoute } from '../../../src/sandbox/management-api/pingone-routes.ts';
import { routes } from '../../../src/sandbox/management-api.ts';

const parts = (path: string) => path.split('/').filter(Boolean);

describe('PingOne has', () => {
  it('every route that the sandbox has', () => {
    const invented = routes.filter(({ method, path }) => !isPingOneRoute(method, parts(path)));
    expect(invented.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  it.each([
    ['GET', 'environments', true],
    ['POST', 'environments/x/applications', true],
    ['GET', 'environments/x/signOnPolicies/y/actions/z', true],
    ['PUT', 'environments/x/users/y/mfaEnabled', true],
    ['GET', 'organizations/x/licenses', true],
    ['PATCH', 'environments/x/applications', false],
    ['GET', 'environments/x/nothing', false],
    ['GET', 'environments/x/users/y/password/z', false],
    ['GET', '', false],
  ])('%s /v1/%s: %s', (method, path, expected) => {
    expect(isPingOneRoute(method, parts(path))).toBe(expected);
  });
});
