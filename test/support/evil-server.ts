import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { makeCertificate } from '../../src/loopback/certificate.ts';

/** What an authorization server may do wrong. Each knob changes one thing; without any it is honest. */
export interface Evil {
  readonly metadata?: (honest: Json) => Json;
  /** Parameters of the callback. */
  readonly callback?: (honest: URLSearchParams) => void;
  readonly claims?: (honest: JWTPayload) => JWTPayload;
  /** Header and signing of the ID token. */
  readonly sign?: (claims: JWTPayload, keys: EvilKeys) => Promise<string>;
  readonly jwks?: (honest: readonly JWK[], keys: EvilKeys) => readonly JWK[];
  readonly token?: (honest: Json, grantType: string) => Json | Answer;
  readonly userinfo?: (honest: Json) => Json | Answer;
  /** Path → answer in its place, e.g. a redirect. */
  readonly instead?: Readonly<Record<string, Answer>>;
  /** Milliseconds that the server's clock is ahead. */
  readonly aheadMs?: number;
}

export type Json = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface EvilKeys {
  readonly published: { readonly privateKey: CryptoKey; readonly jwk: JWK };
  /** Never published, unless a knob does. */
  readonly other: { readonly privateKey: CryptoKey; readonly jwk: JWK };
}

export interface EvilServer {
  readonly origin: string;
  readonly certificate: { readonly cert: string };
  /** Paths below the issuer, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Same environment for all: the settings want a UUID. */
export const evilEnvironment = 'e0000000-0000-4000-8000-00000000000e';
export const evilClient = 'evil-client';
const person = { sub: 'user-1', name: 'Mallory', email: 'mallory@example.com' };

/** Made once: the same for all servers of a test file. */
const theKeys: Promise<EvilKeys> = Promise.all([keyNamed('published'), keyNamed('other')]).then(
  ([published, other]) => ({
    published,
    other,
  }),
);

/** @param turn returns the knobs as they are for this request, so that a server can turn evil between two of them */
export async function startEvilServer(turn: () => Evil): Promise<EvilServer> {
  const certificate = makeCertificate({ now: Date.now(), days: 2 });
  const keys = await theKeys;
  const nonces = new Map<string, string>();
  const requests: string[] = [];
  const server = createServer({ cert: certificate.cert, key: certificate.key }, (request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = `${origin}/${evilEnvironment}/as`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const evil = turn();
    const url = new URL(request.url ?? '/', origin);
    const path = url.pathname.replace(`/${evilEnvironment}/as`, '');
    requests.push(path);
    const { status, headers, body } = evil.instead?.[path] ?? (await honest(path, url, request, evil));
    response.sendDate = false;
    const date = new Date(Date.now() + (evil.aheadMs ?? 0)).toUTCString();
    response.writeHead(status, { 'content-type': 'application/json', date, connection: 'close', ...headers }).end(body);
  }

  async function honest(path: string, url: URL, request: IncomingMessage, evil: Evil): Promise<Answer> {
    switch (path) {
      case '/.well-known/openid-configuration':
        return ok(evil.metadata?.(metadata()) ?? metadata());
      case '/authorize':
        return authorize(url, evil);
      case '/token':
        return token(new URLSearchParams(await textOf(request)), evil);
      case '/jwks':
        return ok({ keys: evil.jwks?.([keys.published.jwk], keys) ?? [keys.published.jwk] });
      case '/userinfo':
        return answerFrom(evil.userinfo?.(person) ?? person);
      default:
        return { status: 404 };
    }
  }

  function metadata(): Json {
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      // It would like these to be believed.
      id_token_signing_alg_values_supported: ['none', 'HS256', 'RS256'],
      code_challenge_methods_supported: ['plain'],
    };
  }

  function authorize({ searchParams }: URL, evil: Evil): Answer {
    const code = createHash('sha256').update(searchParams.toString()).digest('hex');
    nonces.set(code, searchParams.get('nonce') ?? '');
    const location = new URL(searchParams.get('redirect_uri') ?? '');
    const parameters = new URLSearchParams({ code, state: searchParams.get('state') ?? '' });
    evil.callback?.(parameters);
    location.search = parameters.toString();
    return { status: 302, headers: { location: location.href } };
  }

  async function token(form: URLSearchParams, evil: Evil): Promise<Answer> {
    const now = Math.floor((Date.now() + (evil.aheadMs ?? 0)) / 1000);
    const nonce = nonces.get(form.get('code') ?? '');
    const honestClaims = {
      iss: issuer,
      aud: evilClient,
      iat: now,
      exp: now + 3600,
      ...person,
      ...(nonce ? { nonce } : {}),
    };
    const claims = evil.claims?.(honestClaims) ?? honestClaims;
    const body = {
      access_token: `access-${requests.length}`,
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: `refresh-${requests.length}`,
      id_token: await (evil.sign ?? signHonestly)(claims, keys),
    };
    return answerFrom(evil.token?.(body, form.get('grant_type') ?? '') ?? body);
  }

  return {
    origin,
    certificate,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function signHonestly(claims: JWTPayload, { published }: EvilKeys): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'published' }).sign(published.privateKey);
}

async function keyNamed(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' } };
}

function ok(json: unknown): Answer {
  return { status: 200, body: JSON.stringify(json) };
}

function answerFrom(given: Json | Answer): Answer {
  return typeof given['status' as never] === 'number' ? (given as Answer) : ok(given);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
