import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';

const folder = new URL('../../src/output/schemas/', import.meta.url);

/** Every schema of the package, by the name of its file. */
export const schemaNames: readonly string[] = readdirSync(folder).map((file) => basename(file, '.json'));

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
// As the program writes them, and no other way.
ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text);
ajv.addFormat('uri', (text) => URL.canParse(text));

/** What of the document does not fit the schema of this name; empty when all does. */
export function misfits(name: string, document: unknown): readonly string[] {
  const schema = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
  const fits = ajv.getSchema(schema.$id) ?? ajv.compile(schema);
  if (fits(document)) return [];
  return (fits.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
