import { defaultSeed, type Seed } from '../../../src/sandbox/seed.ts';
import { type PlainAnswer, plainRequest } from '../../support/plain-request.ts';
import { ada, startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';
import {
  applicationNamed,
  authorizeUrl,
  basic,
  challenge,
  claimsOf,
  id,
  type Parameters,
  post,
  signInForAnswer,
  type Tokens,
  tokensOf,
  verifier,
} from '../../support/sandbox-client.ts';
import type { FactRequest, Identity } from './fact.ts';

/** An environment that is asked for a fact. */
export interface PingOne {
  readonly sandbox: TestSandbox;
  ask(request: FactRequest): Promise<PlainAnswer>;
}

/** What braces in a request stand for, by name. */
export type Values = Readonly<Record<string, string>>;
/** Something that happens; gives names to what came of it. */
export type Preparation = (pingone: PingOne, values: Values) => Promise<Values> | Values;

export async function startPingOne(seed: Seed = defaultSeed): Promise<PingOne> {
  return pingoneAt(await startTestSandbox({ seed }));
}

export function pingoneAt(sandbox: TestSandbox): PingOne {
  return {
    sandbox,
    async ask(request) {
      const { to, method, as, headers = {}, form, json } = request;
      const asked = {
        headers: {
          accept: 'application/json',
          ...(as ? { authorization: `Bearer ${await accessTokenOf(sandbox, as)}` } : {}),
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(form ? { form: present(form) } : {}),
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      };
      const usual = form || json !== undefined ? 'POST' : 'GET';
      return plainRequest(sandbox.certificate.cert, to, { ...asked, method: method ?? usual });
    },
  };
}

/** What the braces stand for before anything has happened. */
export function standingValues({ origin, issuer, apiUrl, environmentId, seed }: TestSandbox): Values {
  return {
    ...Object.fromEntries(seed.users.map((user) => [user.username, user.id])),
    A: issuer,
    P: `${apiUrl}/environments/${environmentId}`,
    E: `${origin}/${environmentId}`,
    D: origin,
    origin,
    host: new URL(origin).host,
    environment: environmentId,
    organization: seed.environment.organizationId,
    population: seed.environment.populationId,
    callback: `${origin}/callback`,
    challenge,
    verifier,
    native: id('01'),
    web: id('02'),
    worker: id('03'),
    service: id('05'),
    bodySecret: id('09'),
    spa: id('10'),
  };
}

/** Puts values in the place of `{name}`, everywhere in a request or in what is expected of its answer. */
export function filledIn<T>(template: T, values: Values): T {
  const fill = (part: unknown): unknown => {
    if (typeof part === 'string') return part.replace(named, (_, name: string) => standingFor(name, values));
    if (Array.isArray(part)) return part.map(fill);
    if (part instanceof RegExp) {
      const escaped = (name: string) => standingFor(name, values).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return new RegExp(
        part.source.replace(named, (_, name: string) => escaped(name)),
        part.flags,
      );
    }
    if (part === null || typeof part !== 'object') return part;
    return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, fill(value)]));
  };
  return fill(template) as T;
}

const named = /\{([a-zA-Z]\w*)\}/g;

function standingFor(name: string, values: Values): string {
  const value = values[name];
  if (value === undefined) throw new Error(`Nothing says what {${name}} stands for`);
  return value;
}

async function accessTokenOf(sandbox: TestSandbox, who: Identity): Promise<string> {
  if (who === 'worker') return String((await workerAnswer(sandbox))['access_token']);
  return (await signedIn(sandbox, {}, who)).access_token;
}

async function workerAnswer(sandbox: TestSandbox) {
  return (await post(sandbox, 'token', { grant_type: 'client_credentials' }, basicOf(id('03')))).json();
}

/** All self-service scopes of the seed's applications (docs/pingone.md, section 6). */
const selfService =
  'openid profile email p1:read:user p1:update:user p1:read:userPassword p1:reset:userPassword p1:validate:userPassword p1:read:sessions p1:delete:sessions';

/** Tokens of the native client, for a user of the seed. */
function signedIn(sandbox: TestSandbox, changes: Parameters, username: string): Promise<Tokens> {
  return tokensOf(sandbox, { scope: selfService, ...changes }, credentialsOf(username));
}

function credentialsOf(username: string): { readonly username: string; readonly password: string } {
  const password = defaultSeed.users.find((user) => user.username === username)?.password?.value;
  return { username, password: password ?? 'any password' };
}

/** Basic authentication of a seeded application. */
export function basicOf(clientId: string): { readonly authorization: string } {
  return basic(clientId, applicationNamed(clientId).clientSecret ?? '');
}

/** Has somebody sign in: `{accessToken}`, `{idToken}`, `{refreshToken}`, `{sid}`. */
export function signIn(changes: Parameters = {}, username = ada.username): Preparation {
  return async ({ sandbox }) => {
    const tokens = await signedIn(sandbox, changes, username);
    return {
      accessToken: tokens.access_token,
      idToken: tokens.id_token ?? '',
      refreshToken: tokens.refresh_token ?? '',
      sid: String(claimsOf(tokens.access_token)['sid']),
    };
  };
}

/** Has somebody sign in and stops with the code in hand: `{code}`. */
export function authorizationCode(changes: Parameters = {}, username = ada.username): Preparation {
  return async ({ sandbox }) => {
    const answer = await signInForAnswer(sandbox, changes, credentialsOf(username));
    return { code: String(answer.get('code')) };
  };
}

/** Begins a sign-on as a program drives it: `{flow}`, `{cookie}`. */
export function flow(changes: Parameters = {}): Preparation {
  return async ({ sandbox }) => {
    const url = authorizeUrl(sandbox, { response_mode: 'pi.flow', ...changes });
    const answer = await plainRequest(sandbox.certificate.cert, url);
    const { location } = answer.headers;
    const id = location === undefined ? answer.json()['id'] : new URL(location).searchParams.get('flowId');
    return { flow: String(id), cookie: cookieIn(answer) };
  };
}

/** A browser in which somebody has just signed on; its flow has not gone back to the application yet: `{flow}`, `{cookie}`. */
export function signedOn(username = ada.username, changes: Parameters = {}): Preparation {
  return inTurn(flow(changes), async (pingone, values) => {
    const type = 'application/vnd.pingidentity.usernamePassword.check+json';
    const headers = { cookie: '{cookie}', 'content-type': type };
    const request = { to: '{E}/flows/{flow}', json: credentialsOf(username), headers };
    return { cookie: cookieIn(await pingone.ask(filledIn(request, values))) };
  });
}

/** One preparation after the other; each sees the values of those before it. */
export function inTurn(...steps: readonly Preparation[]): Preparation {
  return async (pingone, standing) => {
    let values = standing;
    for (const step of steps) values = { ...values, ...(await step(pingone, values)) };
    return values;
  };
}

/** A request that succeeds, and is not what is looked at; of its JSON, the named members are kept. */
export function asked(request: FactRequest, keep: Readonly<Record<string, string>> = {}): Preparation {
  return async (pingone, values) => {
    const { to } = request;
    const answer = await pingone.ask(filledIn(request, values));
    if (answer.status >= 400) throw new Error(`${to} answered ${answer.status}, before what is looked at`);
    const entries = Object.entries(keep);
    if (entries.length === 0) return {};
    const body = answer.json();
    return Object.fromEntries(entries.map(([name, member]) => [name, String(body[member])]));
  };
}

/** A request that is refused, so many times. */
export function askedInVain(request: FactRequest, times = 1): Preparation {
  return inTurn(
    ...Array.from(
      { length: times },
      (): Preparation => async (pingone, values) => {
        const { status } = await pingone.ask(filledIn(request, values));
        if (status < 400) throw new Error(`${request.to} answered ${status}, before what is looked at`);
        return {};
      },
    ),
  );
}

/** What the mail with a recovery code says, which the sandbox tells in its log: `{recoveryCode}`, and in lower case `{lowerCaseCode}`. */
export const mailed: Preparation = ({ sandbox }) => {
  const [, code = ''] = /recovery code for \S+: (\w+)$/.exec(sandbox.requests().at(-1)?.notice ?? '') ?? [];
  return { recoveryCode: code, lowerCaseCode: code.toLowerCase() };
};

/** Time that goes by. */
export function later(seconds: number): Preparation {
  return ({ sandbox }) => {
    sandbox.advance({ seconds });
    return {};
  };
}

function cookieIn({ headers }: PlainAnswer): string {
  return String(headers['set-cookie']).split(';', 1)[0] ?? '';
}

function present(form: Parameters): Record<string, string> {
  return Object.fromEntries(Object.entries(form).filter((pair): pair is [string, string] => pair[1] !== undefined));
}
