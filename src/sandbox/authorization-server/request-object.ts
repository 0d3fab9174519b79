import { UnsecuredJWT } from 'jose';
import type { Environment } from '../environment.ts';
import type { Application } from '../seed/applications.ts';
import { clientJwtTimes, readClientJwt } from './client-authentication.ts';

/**
 * Puts what a request object says in the place of what stands beside it (OIDC Core, section 6.1); without one the parameters
 * stay as they are. Gives `undefined` for an object that is not the application's.
 */
export async function openRequestObject(
  { now }: Pick<Environment, 'now'>,
  application: Application,
  sent: URLSearchParams,
): Promise<URLSearchParams | undefined> {
  const [object, another] = sent.getAll('request');
  if (object === undefined) return sent;
  const claims = (await readClientJwt(application, object, now())) ?? unsignedClaims(application, object, now());
  if (!claims || another !== undefined || 'request' in claims || 'request_uri' in claims) return undefined;
  if ((claims['client_id'] ?? application.clientId) !== application.clientId) return undefined;
  const beside = [...sent].filter(([name]) => name !== 'request' && !Object.hasOwn(claims, name));
  return new URLSearchParams([...beside, ...Object.entries(claims).flatMap(asParameter)]);
}

/** Structured claims, such as `aud` and `claims`, are none that the sandbox reads; neither is `null`. */
function asParameter([name, value]: readonly [string, unknown]): [string, string][] {
  return typeof value === 'object' ? [] : [[name, String(value)]];
}

/** Reads an object with `alg` none, where the application may send one (docs/pingone.md, section 2). */
function unsignedClaims(
  { supportUnsignedRequestObject, requireSignedRequestObject }: Application,
  object: string,
  now: number,
): Readonly<Record<string, unknown>> | undefined {
  if (!supportUnsignedRequestObject || requireSignedRequestObject) return undefined;
  try {
    return UnsecuredJWT.decode(object, clientJwtTimes(now)).payload;
  } catch {
    return undefined;
  }
}
