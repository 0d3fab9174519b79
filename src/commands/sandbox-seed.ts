import { createReadStream } from 'node:fs';
import { Failure, messageOf } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { Seed } from '../sandbox/seed.ts';

/** What a person may say about what is in the sandbox, as it was typed. */
export interface SeedWishes {
  readonly seed?: string | undefined;
  readonly users?: string | undefined;
  readonly redirectUris: readonly string[];
}

/** The seed of the sandbox: that of the file, if any, with the users of the other file and the redirect URIs put into it. */
export async function wishedSeed(wishes: SeedWishes, runtime: Pick<Runtime, 'signal'>): Promise<Seed> {
  const [{ defaultSeed }, { withRedirectUris }] = await Promise.all([
    import('../sandbox/seed.ts'),
    import('../sandbox/seed/redirect-uri.ts'),
  ]);
  return withRedirectUris(await filedSeed(wishes, defaultSeed, runtime), wishes.redirectUris);
}

async function filedSeed(
  { seed: seedFile, users: usersFile }: SeedWishes,
  defaultSeed: Seed,
  runtime: Pick<Runtime, 'signal'>,
): Promise<Seed> {
  if (seedFile === undefined && usersFile === undefined) return defaultSeed;
  const { seedInText, withUsersInText } = await import('../sandbox/seed/read-seed.ts');
  const textOf = (file: string, read: ReadFor) => seedText(file, read, runtime);
  const seed = seedFile === undefined ? defaultSeed : seedInText(await textOf(seedFile, readFor.seed), seedFile);
  return usersFile === undefined ? seed : withUsersInText(seed, await textOf(usersFile, readFor.users), usersFile);
}

type ReadFor = (typeof readFor)[keyof typeof readFor];

/** What a file is read for, in the words of its errors. */
const readFor = {
  seed: { what: 'The seed', code: 'seed_unreadable', hint: 'Name a readable JSON file with --seed.' },
  users: { what: 'The file of users', code: 'users_unreadable', hint: 'Name a readable JSON file with --users.' },
} as const;

/** Bytes. Whoever names another file by mistake need not wait until all of it is in memory. */
const longestSeed = 5_000_000;

async function seedText(file: string, read: ReadFor, { signal }: Pick<Runtime, 'signal'>): Promise<string> {
  const unreadable = (why: string, cause?: unknown) =>
    new Failure('usage', `${read.what} cannot be read: ${why}`, { code: read.code, hint: read.hint, cause });
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of createReadStream(file, { end: longestSeed, signal })) chunks.push(chunk);
  } catch (error) {
    signal.throwIfAborted();
    throw unreadable(messageOf(error), error);
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length > longestSeed) throw unreadable(`${file} has more than ${longestSeed / 1_000_000} MB.`);
  try {
    // It passes over the byte-order mark that editors on Windows put in front (RFC 8259, section 8.1).
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw unreadable(`${file} is not in UTF-8.`, error);
  }
}
