import { discoveryFields, keysShape, saysOfField } from './discovery.ts';
import { differences } from './shape.ts';

/** A fact, and where an environment differs from it; nowhere where it agrees. */
export interface Compared {
  readonly says: string;
  readonly differences: readonly string[];
}

/** Reads a public document of the environment. */
type Read = (url: string) => Promise<unknown>;

/**
 * Compares what everybody may read of an environment, its discovery document and its keys, with what is on record. Where
 * they are is told by the address, never by what was read.
 */
export async function compared(issuer: string, read: Read): Promise<readonly Compared[]> {
  const document = await read(`${issuer}/.well-known/openid-configuration`);
  const keys = await read(`${issuer}/jwks`);
  const fields: Readonly<Record<string, unknown>> = isObject(document) ? document : {};
  return [
    ...discoveryFields.map(({ field, value, also = [] }) => {
      const own = Object.hasOwn(fields, field) ? fields[field] : undefined;
      const expected = typeof value === 'string' ? value.replace('{A}', issuer) : value;
      const agreeing = [expected, ...also].some((one) => differences(one, own).length === 0);
      return { says: saysOfField({ field, value }), differences: agreeing ? [] : differences(expected, own, field) };
    }),
    { says: 'The fields are in the recorded order', differences: outOfOrder(Object.keys(fields)) },
    { says: 'There are no fields but the recorded ones', differences: unrecorded(Object.keys(fields)) },
    { says: 'The keys are RSA, each with a `kid`', differences: differences(keysShape, keys, 'the answer') },
  ];
}

const recorded = discoveryFields.map(({ field }) => field);

function outOfOrder(fields: readonly string[]): readonly string[] {
  const known = fields.filter((field) => recorded.includes(field));
  const expected = recorded.filter((field) => known.includes(field));
  const at = known.findIndex((field, index) => field !== expected[index]);
  return at < 0 ? [] : [`${known[at]} stands where ${expected[at]} does on record`];
}

function unrecorded(fields: readonly string[]): readonly string[] {
  return fields.filter((field) => !recorded.includes(field)).map((field) => `${field} is not on record`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
