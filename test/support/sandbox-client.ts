import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import type { Application } from '../../src/sandbox/seed/applications.ts';
import { defaultSeed, type Seed } from '../../src/sandbox/seed.ts';
import type { Answers } from '../../src/sandbox/user-agent/form.ts';
import type { UserAgent, Visit } from '../../src/sandbox/user-agent.ts';
import { type PlainAnswer, plainRequest } from './plain-request.ts';
import { ada, nativeClientId, type TestSandbox } from './sandbox.ts';

/** A client of the sandbox by hand: parameters in, parameters out, nothing of the code under test. */

export const verifier = 'a-code-verifier-of-the-tests-that-is-long-enough-for-RFC-7636';
export const challenge = createHash('sha256').update(verifier).digest('base64url');
/** Port 9 (discard) has no listener: the browser's last hop fails, and its address is what tests read. */
export const redirectUri = 'https://127.0.0.1:9/callback';

export type Parameters = Readonly<Record<string, string | undefined>>;

/** A sound authorize request of the native client; `undefined` leaves a parameter out. */
export function authorizeUrl({ issuer }: { readonly issuer: string }, changes: Parameters = {}): string {
  const parameters: Parameters = {
    response_type: 'code',
    client_id: nativeClientId,
    redirect_uri: redirectUri,
    scope: 'openid profile email p1:read:user',
    state: 'the-state',
    nonce: 'the-nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...changes,
  };
  return `${issuer}/authorize?${formOf(parameters)}`;
}

export function formOf(parameters: Parameters): URLSearchParams {
  const present = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new URLSearchParams(present);
}

/** Where the sandbox sends the browser at once; the parameters of the query or of the fragment. */
export async function refusalOf(sandbox: TestSandbox, changes: Parameters): Promise<URLSearchParams> {
  const answer = await plainRequest(sandbox.certificate.cert, authorizeUrl(sandbox, changes));
  const { search, hash } = new URL(String(answer.headers.location));
  return new URLSearchParams(hash ? hash.slice(1) : search);
}

/** Signs in through the pages and stops where the browser would leave for the redirect URI. */
export async function signInForAnswer(
  sandbox: TestSandbox,
  changes: Parameters = {},
  answers: Answers = ada,
  browser: UserAgent = sandbox.browser(),
): Promise<URLSearchParams> {
  const { url } = await signIn(sandbox, changes, answers, browser);
  const { search, hash } = new URL(url);
  return new URLSearchParams(hash ? hash.slice(1) : search);
}

/** The redirect URI points back into the sandbox, on its own port, so that the last hop has an address to be read. */
export function signIn(
  sandbox: TestSandbox,
  changes: Parameters,
  answers: Answers = ada,
  browser: UserAgent = sandbox.browser(),
): Promise<Visit> {
  return browser.signIn(authorizeUrl(sandbox, { redirect_uri: `${sandbox.origin}/callback`, ...changes }), answers);
}

export function post(
  sandbox: TestSandbox,
  path: string,
  form: Parameters,
  headers: Readonly<Record<string, string>> = {},
): Promise<PlainAnswer> {
  return plainRequest(sandbox.certificate.cert, `${sandbox.issuer}/${path}`, { form: formOf(form), headers });
}

/** A token request of the native client for a code. */
export function exchange(sandbox: TestSandbox, code: string | null, changes: Parameters = {}): Promise<PlainAnswer> {
  return post(sandbox, 'token', {
    grant_type: 'authorization_code',
    client_id: nativeClientId,
    redirect_uri: `${sandbox.origin}/callback`,
    code_verifier: verifier,
    code: code ?? undefined,
    ...changes,
  });
}

export interface Tokens {
  readonly access_token: string;
  readonly id_token: string;
  readonly refresh_token: string;
  readonly scope: string;
}

/** The tokens of the native client after a whole sign-in. */
export async function tokensOf(
  sandbox: TestSandbox,
  changes: Parameters = {},
  answers: Answers = ada,
): Promise<Tokens> {
  const callback = await signInForAnswer(sandbox, changes, answers);
  const answer = await exchange(sandbox, callback.get('code'));
  return answer.json() as unknown as Tokens;
}

export function refresh(sandbox: TestSandbox, refreshToken: string, changes: Parameters = {}): Promise<PlainAnswer> {
  return post(sandbox, 'token', {
    grant_type: 'refresh_token',
    client_id: nativeClientId,
    refresh_token: refreshToken,
    ...changes,
  });
}

export function claimsOf(token: unknown): Record<string, unknown> {
  return decodeJwt(String(token));
}

export function basic(clientId: string, secret: string): { readonly authorization: string } {
  const encoded = [clientId, secret].map((part) => encodeURIComponent(part).replaceAll('%20', '+')).join(':');
  return { authorization: `Basic ${Buffer.from(encoded).toString('base64')}` };
}

/** The seed with the native client changed. */
export function seedWithNative(changes: Partial<Application>): Seed {
  return seedWith(nativeClientId, changes);
}

export function seedWith(clientId: string, changes: Partial<Application>): Seed {
  const applications = defaultSeed.applications.map((application) =>
    application.clientId === clientId ? { ...application, ...changes } : application,
  );
  return { ...defaultSeed, applications };
}

export function applicationNamed(clientId: string): Application {
  const found = defaultSeed.applications.find((application) => application.clientId === clientId);
  if (!found) throw new Error(`The seed has no application ${clientId}`);
  return found;
}

/** What every correlation, token and session ID looks like. */
export const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
/** How PingOne begins the description of a validation error. */
export const invalid = 'The request could not be completed. One or more validation errors were in the request.: ';

/** An answer's error without its correlation ID, which must be that of the header. */
export function told(answer: PlainAnswer) {
  const { error, error_description: description, ...rest } = answer.json();
  const text = String(description).replace(` (Correlation ID: ${answer.headers['correlation-id']})`, '');
  return { status: answer.status, error, text, rest };
}

/** The seed's client ID that ends in these digits. */
export function id(digits: string): string {
  return `c0000000-0000-4000-8000-0000000000${digits}`;
}
