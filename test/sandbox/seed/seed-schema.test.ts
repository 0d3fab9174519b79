import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { toJSONSchema } from 'zod/mini';
import { readSeed } from '../../../src/sandbox/seed/read-seed.ts';
import { seedFileSchema } from '../../../src/sandbox/seed/seed-file.ts';
import { defaultSeed } from '../../../src/sandbox/seed.ts';
import { seedFileOf } from '../../support/seed-files.ts';

const schemaFile = new URL('../../../src/sandbox/seed/sandbox-seed.json', import.meta.url);

describe('the JSON Schema of a seed', () => {
  // `npx vitest run test/sandbox/seed/seed-schema.test.ts -u` writes it anew.
  it('is what the reader goes by', async () => {
    const { $schema, ...made } = toJSONSchema(seedFileSchema, {
      io: 'input',
      // Not a rule of a seed: JavaScript has no larger whole numbers.
      override: ({ jsonSchema }) => {
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      },
    });
    const schema = { $schema, $id: 'urn:ping14c:sandbox-seed:1', title: 'ping14c sandbox --seed', ...made };
    await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot(schemaFile.pathname);
  });

  it('is in the package', () => {
    const built = readFileSync(new URL('../../../dist/schemas/sandbox-seed.json', import.meta.url), 'utf8');
    expect(built).toBe(readFileSync(schemaFile, 'utf8'));
  });

  it('takes all that a sandbox starts with, as the reader does, which makes the same of it', () => {
    const file = seedFileOf(defaultSeed);
    expect(misfits(file)).toEqual([]);
    expect(readSeed(file, 'The seed')).toEqual(defaultSeed);
  });

  it('refuses a member that it does not know, at every level', () => {
    expect(misfits({ user: [] })).not.toEqual([]);
    expect(misfits({ users: [{ username: 'mary', pasword: 'x' }] })).not.toEqual([]);
    expect(misfits({ applications: [{ name: 'Shop', scopes: { openID: [] } }] })).not.toEqual([]);
  });
});

function misfits(seed: unknown): readonly unknown[] {
  const fits = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
    JSON.parse(readFileSync(schemaFile, 'utf8')),
  );
  return fits(seed) ? [] : (fits.errors ?? []);
}
