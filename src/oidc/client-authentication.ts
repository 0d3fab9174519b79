import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { importPKCS8, type JWK } from 'jose';
import {
  type ClientAuth,
  ClientSecretJwt,
  ClientSecretPost,
  type CryptoKey,
  modifyAssertion,
  None,
  PrivateKeyJwt,
} from 'openid-client';
import { Failure, messageOf } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { AuthMethod, ClientSettings } from './client-settings.ts';

/** RSA keys sign with this one. PingOne checks assertions of no other key type (docs/pingone.md, section 4.1). */
const assertionAlgorithm = 'RS256';

type Prepare = (settings: ClientSettings, runtime: Runtime) => ClientAuth | Promise<ClientAuth>;

/**
 * Each method sends exactly what its name says, and nothing else
 * (RFC 6749, section 2.3; RFC 7523; docs/security.md, rule 6).
 */
const authentications: Readonly<Record<AuthMethod, Prepare>> = {
  none: () => None(),
  client_secret_basic: (settings) => basic(secretOf(settings)),
  client_secret_post: (settings) => ClientSecretPost(secretOf(settings)),
  client_secret_jwt: (settings, runtime) => ClientSecretJwt(secretOf(settings), timedBy(runtime)),
  private_key_jwt: async (settings, runtime) => PrivateKeyJwt(await privateKeyOf(settings), timedBy(runtime)),
};

/**
 * The client authentication that the settings name. "none" is missing from PingOne's metadata and works all the same,
 * so the metadata is not asked.
 *
 * @throws Failure `usage` when the secret or the key is missing or cannot be used.
 */
export async function clientAuthentication(settings: ClientSettings, runtime: Runtime): Promise<ClientAuth> {
  return authentications[settings.authMethod](settings, runtime);
}

/**
 * Basic as PingOne and RFC 6749 both read it. openid-client escapes characters such as `-` and `~` too, which are in every
 * client ID and in PingOne's secrets; a server that reads the header as it stands, as PingOne documents it
 * (docs/pingone.md, section 4.1), would then not know the client. Here only what RFC 6749, appendix B, demands is escaped.
 */
function basic(secret: string): ClientAuth {
  return (_server, { client_id }, _body, headers) => {
    headers.set('authorization', `Basic ${btoa(`${encodedForBasic(client_id)}:${encodedForBasic(secret)}`)}`);
  };
}

function encodedForBasic(text: string): string {
  return encodeURIComponent(text).replaceAll('%20', '+');
}

/** The assertion's times come from the runtime, like every other time. */
function timedBy(runtime: Runtime) {
  return {
    [modifyAssertion]: (_header: unknown, payload: Record<string, unknown>) => {
      const now = Math.floor(runtime.now() / 1000);
      Object.assign(payload, { iat: now, nbf: now, exp: now + 60 });
    },
  };
}

function secretOf({ authMethod, clientSecret }: ClientSettings): string {
  if (clientSecret) return clientSecret;
  throw new Failure('usage', `Client authentication ${authMethod} needs the client secret.`, {
    code: 'client_secret_missing',
    hint: 'Set PING14C_CLIENT_SECRET; a public client uses --auth-method none.',
  });
}

/** A JWK or a PEM file. A key ID is sent only where the JWK has one. */
async function privateKeyOf({ privateKeyFile }: ClientSettings): Promise<{ key: CryptoKey; kid?: string }> {
  if (!privateKeyFile) {
    throw new Failure('usage', 'Client authentication private_key_jwt needs the private key.', {
      code: 'private_key_missing',
      hint: 'Pass a JWK or PEM file with --private-key or PING14C_PRIVATE_KEY.',
    });
  }
  try {
    const text = await readFile(privateKeyFile, 'utf8');
    const jwk = text.trimStart().startsWith('{') ? (JSON.parse(text) as JWK) : undefined;
    const pem = createPrivateKey(jwk ? { key: { ...jwk }, format: 'jwk' } : text).export({
      type: 'pkcs8',
      format: 'pem',
    });
    const key = await importPKCS8(pem.toString(), jwk?.alg ?? assertionAlgorithm);
    return jwk?.kid ? { key, kid: jwk.kid } : { key };
  } catch (error) {
    // The reason may quote the file's content, which is the key: only a system error is repeated.
    const reason = error instanceof Error && 'syscall' in error ? `: ${messageOf(error)}` : '';
    throw new Failure('usage', `The private key in ${privateKeyFile} cannot be used${reason}.`, {
      code: 'private_key_unusable',
      hint: 'Use an RSA private key without a passphrase, as a JWK or PEM file.',
    });
  }
}
