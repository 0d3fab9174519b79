import { expect, it } from 'vitest';
import { Failure } from '../../../src/errors.ts';
import { changedAttributes } from '../../../src/sandbox/management-api/user-attributes.ts';
import { withUsersInText } from '../../../src/sandbox/seed/read-seed.ts';
import { defaultSeed } from '../../../src/sandbox/seed.ts';
import { fc, outsideText } from '../../support/properties.ts';

const attribute = fc.constantFrom(
  'email',
  'name',
  'nickname',
  'address',
  'photo',
  'username',
  '__proto__',
  'constructor',
);
const body = fc.dictionary(fc.oneof(attribute, outsideText), fc.oneof(fc.jsonValue(), outsideText), {
  noNullPrototype: true,
});

function holdsNull(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).includes(null);
}

it('whatever is sent becomes attributes without nulls, or a refusal that names one', () => {
  fc.assert(
    fc.property(body, (sent) => {
      const change = changedAttributes({ nickname: 'Countess' }, sent);
      if (change.kind === 'refused') return Object.hasOwn(sent, change.target) && change.problem !== '';
      return Object.values(change.attributes).every((value) => value !== null && !holdsNull(value));
    }),
  );
});

it('a record that is sent back as it was read changes nothing', () => {
  for (const { attributes } of defaultSeed.users) {
    const record = { ...attributes, id: 'x', _links: {}, username: 'x', memberOfGroupNames: [], enabled: false };
    expect(changedAttributes(attributes, record)).toEqual({ kind: 'changed', attributes });
  }
});

it('whatever stands in a file of users is a seed or a refusal in words', () => {
  const user = fc.record(
    { username: outsideText, password: fc.jsonValue(), attributes: body, id: fc.string(), groups: fc.jsonValue() },
    { requiredKeys: ['username'] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        outsideText,
        fc.array(user).map((users) => JSON.stringify(users)),
      ),
      (text) => {
        try {
          return withUsersInText(defaultSeed, text, 'users.json').users.length >= defaultSeed.users.length;
        } catch (error) {
          return error instanceof Failure && error.kind === 'usage';
        }
      },
    ),
  );
});
