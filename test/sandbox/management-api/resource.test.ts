import { describe, expect, it } from 'vitest';
import { inAcceptedMediaType, resource } from '../../../src/sandbox/management-api/resource.ts';
import { managementApi, people } from '../../support/management-api.ts';

const json = 'application/json;charset=UTF-8';
const hal = 'application/hal+json;charset=UTF-8';

describe('the media type of a resource', () => {
  it.each([
    ['application/json', json],
    ['application/json, application/hal+json', json],
    ['application/hal+json, application/json;q=0.5, */*', json],
    ['APPLICATION/JSON; charset=utf-8', json],
    ['application/hal+json', hal],
    ['application/hal+json, application/json;q=0', hal],
    ['application/vnd.example+json, text/html', hal],
    ['*/*', hal],
    [undefined, hal],
  ])('for Accept: %s is %s', (accept, type) => {
    const { headers } = inAcceptedMediaType({ headers: accept === undefined ? {} : { accept } }, resource({}));
    expect(headers?.['content-type']).toBe(type);
  });

  it('holds on the wire, for a changed password as for a record; a refusal is plain JSON whatever is asked for', async () => {
    const api = await managementApi();
    const [token, id] = [await api.workerToken('0003'), people['edsger']?.id];
    const typeOf = async (accept: string, method: string, path: string, type?: string) =>
      (await api.call(method, path, { token, accept, ...(type ? { type, body: {} } : {}) })).headers.get(
        'content-type',
      );
    const unlock = 'application/vnd.pingidentity.password.unlock+json';
    expect(await typeOf('application/json', 'GET', 'users')).toBe(json);
    expect(await typeOf('application/hal+json', 'GET', 'users')).toBe(hal);
    expect(await typeOf('application/json', 'POST', `users/${id}/password`, unlock)).toBe(json);
    expect(await typeOf('application/hal+json', 'GET', 'passwordPolicies/none')).toBe(json);
  });
});
