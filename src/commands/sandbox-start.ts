import { join } from 'node:path';
import type { CommandContext } from '../cli/context.ts';
import type { Profile } from '../config/profiles.ts';
import { codeOf, Failure } from '../errors.ts';
import { trustStateFolder } from '../files/folders.ts';
import type { OwnFolder } from '../files/own-folder.ts';
import { writePrivateFile } from '../files/private-file.ts';
import type { RequestEntry } from '../sandbox/request-log.ts';
import type { HostedSandbox } from '../sandbox/sandbox.ts';
import { ping14c, wording } from '../wording.ts';
import { sandboxKeys } from './sandbox-keys.ts';
import { type SeedWishes, wishedSeed } from './sandbox-seed.ts';

/** What a person may say about the sandbox that is to be started, as it was typed. */
export interface SandboxWishes extends SeedWishes {
  readonly port: string;
  readonly fault: readonly string[];
}

interface StartedSandbox {
  readonly sandbox: HostedSandbox;
  /** Of its application that signs with a private key; PEM. */
  readonly privateKey: string;
}

/**
 * Starts a sandbox with what was wished.
 *
 * @param keysFolder where the keys of the last run are, and are kept for the next; without it all keys are made for this one
 * @throws Failure `usage` before anything is started when a wish cannot be met; `failed` when the port cannot be had
 */
export async function startWished(
  context: CommandContext,
  wishes: SandboxWishes,
  onRequest: (entry: RequestEntry, environmentId: string) => void,
  keysFolder?: OwnFolder,
): Promise<StartedSandbox> {
  const port = portOf(wishes.port);
  const [{ createSandbox }, { faultsNamed }, { createServiceKey }, { createSigningKeys }] = await Promise.all([
    import('../sandbox/sandbox.ts'),
    import('../sandbox/faults.ts'),
    import('../sandbox/seed/service-key.ts'),
    import('../sandbox/signing-keys.ts'),
  ]);
  const faults = faultsNamed(wishes.fault);
  const seed = await wishedSeed(wishes, context.runtime);
  const signed = await signedCertificate(context);
  const keys = keysFolder && (await sandboxKeys(keysFolder, context, { certified: !signed }));
  const serviceKey = createServiceKey(keys?.serviceKey);
  const privateKey = await serviceKey.pem();
  const tell = (entry: RequestEntry) => onRequest(entry, seed.environment.id);
  const { now } = context.runtime;
  const own = { certificate: keys?.certificate, keys: keys && createSigningKeys(keys.signingKey), ...signed };
  const sandbox = await createSandbox({
    ...own,
    serviceKey,
    seed,
    port,
    faults,
    now,
    onRequest: tell,
  }).catch((error: unknown) => {
    if (codeOf(error) === 'EADDRINUSE') throw portBusy(port, error);
    throw codeOf(error) === 'EACCES' ? portForbidden(port, error) : error;
  });
  return { sandbox, privateKey };
}

/** The certificate that browsers on this machine have been made to accept, with who has signed it; none where there is none. */
export async function signedCertificate(context: CommandContext) {
  const { runtime, output } = context;
  const folder = personsTrustFolder(context);
  if (!folder) return undefined;
  const { sandboxCertificate } = await import('../trust/sandbox-certificate.ts');
  return sandboxCertificate(folder, runtime.now(), output);
}

/** Where the person's certificates are; nowhere for a user without a home folder, for whom a sandbox can do without. */
export function personsTrustFolder(context: CommandContext): OwnFolder | undefined {
  try {
    return trustStateFolder(context);
  } catch (error) {
    if (error instanceof Failure && error.code === 'no_home_folder') return undefined;
    throw error;
  }
}

/** The settings with which a client finds the sandbox; no client ID where no application of it is public. */
export async function sandboxSettings(sandbox: HostedSandbox, caFile: string): Promise<Profile> {
  const { guideApplications } = await import('../sandbox/guide.ts');
  const { native } = guideApplications(sandbox);
  return {
    environmentId: sandbox.environmentId,
    authUrl: sandbox.origin,
    apiUrl: sandbox.apiUrl,
    caFile,
    ...(native && { clientId: native.clientId }),
  };
}

/** What the client needs to trust the sandbox, and to be its application that signs with a private key. */
export async function saveSandboxFiles(folder: OwnFolder, certificate: string, privateKey: string) {
  const { serviceJwk } = await import('../sandbox/seed/service-key.ts');
  const [ca, key, jwk] = ['ca.pem', 'private-key.pem', 'private-key.jwk.json'] as const;
  await writePrivateFile(folder, ca, certificate);
  await writePrivateFile(folder, key, privateKey);
  await writePrivateFile(folder, jwk, `${JSON.stringify(serviceJwk(privateKey), undefined, 2)}\n`);
  const at = (name: string) => join(folder.path, name);
  return { caFile: at(ca), privateKeyFile: at(key), privateJwkFile: at(jwk) };
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Failure('usage', `"${text}" is no port.`, {
    code: 'invalid_port',
    hint: 'Give --port a number from 1 to 65535, or 0 for any free one.',
  });
}

function portForbidden(port: number, cause: unknown): Failure {
  return new Failure('failed', `This system does not let you listen on port ${port} of ${addressOf(cause)}.`, {
    code: 'port_forbidden',
    hint: wording`Take any free one with ${ping14c('sandbox --port 0')}.`,
    cause,
  });
}

function portBusy(port: number, cause: unknown): Failure {
  return new Failure('failed', `Port ${port} of ${addressOf(cause)} is in use; perhaps a sandbox is running already.`, {
    code: 'port_in_use',
    hint: wording`Use that one, stop it, or start another with ${ping14c('-P sandbox2 sandbox --port 0')}.`,
    cause,
  });
}

/** Which of the two loopback addresses could not be had. */
function addressOf(cause: unknown): string {
  return cause instanceof Error && 'address' in cause ? String(cause.address) : '127.0.0.1';
}
