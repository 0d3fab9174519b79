import { isOAuthError } from './authorization-server/oauth-error.ts';
import { grantScopes, spaceSeparated } from './authorization-server/scopes.ts';
import { signOnGrant } from './authorization-server/sign-on-grant.ts';
import { firstTokens } from './authorization-server/token.ts';
import type { DirectoryUser } from './directory.ts';
import { type Environment, enabledApplication } from './environment.ts';
import { refuseUnknownOptions } from './known-options.ts';
import type { Application } from './seed/applications.ts';
import type { SignOnSession } from './sign-on-session.ts';

/** How a user signs in without a browser. */
export interface SignInOptions {
  /** Default: the first application that is enabled and has the authorization code grant. */
  readonly clientId?: string;
  /** Separated by spaces. Default: all of PingOne's own that the application may have. */
  readonly scope?: string;
}

/** The token endpoint's answer to a sign-in (RFC 6749, section 5.1), under the names that it has there. */
export interface SandboxTokens {
  /** A JWT, good for the userinfo endpoint and, with its scopes, for the management API. */
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
  /** What was granted, separated by spaces. */
  readonly scope: string;
  /** Absent where the application may not refresh. */
  readonly refresh_token?: string;
  /** A JWT; absent without the scope `openid`. */
  readonly id_token?: string;
}

/**
 * Signs a user in as if they had typed the right password: a session is opened, and the tokens are those that the token endpoint
 * would have given for it.
 *
 * @throws Error when the user, the application or its scopes are not there, or the user cannot sign in as they are
 */
export async function signInDirectly(
  environment: Environment,
  username: string,
  options: SignInOptions,
): Promise<SandboxTokens> {
  refuseUnknownOptions('signIn', options, ['clientId', 'scope'] satisfies (keyof SignInOptions)[]);
  const { clientId, scope } = options;
  const user = signInReady(environment, username);
  const application = signInApplication(environment.seed.applications, clientId);
  const { openid, pingOneApi } = application.scopes;
  const asked = scope === undefined ? [...new Set(['openid', ...openid, ...pingOneApi])] : spaceSeparated(scope);
  const granted = grantScopes(environment, application, asked);
  if (isOAuthError(granted)) {
    const has = ['openid', ...Object.values(application.scopes.custom).flat(), ...openid, ...pingOneApi];
    throw new Error(
      `"${application.name}" gets no tokens for "${asked.join(' ')}": ${granted.notice}. It has ${[...new Set(has)].join(' ')}.`,
    );
  }
  const session = signOn(environment, user, application);
  const grant = signOnGrant(environment, { application, granted }, session);
  const { body = '' } = await firstTokens(environment, application, grant);
  return JSON.parse(body) as SandboxTokens;
}

/**
 * Goes to an address of the authorize endpoint as the browser of somebody who has signed in, and stops where the application
 * would go on.
 *
 * @param ask a `fetch` that trusts the sandbox
 * @returns the address that the browser would come back to, with a code or a refusal
 * @throws Error when the user cannot sign in as they are, or the sandbox does not send the browser back
 */
export async function authorizeDirectly(
  environment: Environment,
  url: URL,
  username: string,
  ask: typeof fetch,
): Promise<URL> {
  const isOwn = ({ origin }: URL) => environment.origins.includes(origin);
  if (!isOwn(url))
    throw new RangeError(`${url.origin} is not this sandbox: that is ${environment.origins.join(', ')}.`);
  const clientId = url.searchParams.get('client_id');
  const user = signInReady(environment, username);
  const { cookie } = signOn(environment, user, enabledApplication(environment, clientId));
  const headers = { cookie: `ST=${cookie}`, accept: 'application/json' };
  let answer = await ask(url, { redirect: 'manual', headers });
  let next = locationOf(answer, url);
  if (next && isOwn(next) && next.pathname.endsWith('/as/resume')) {
    answer = await ask(next, { redirect: 'manual', headers });
    next = locationOf(answer, url);
  }
  if (next && !isOwn(next)) return next;
  throw new Error(`The sandbox does not send the browser back to the application. ${await reasonOf(answer, next)}`);
}

function locationOf({ headers }: Response, base: URL): URL | undefined {
  const location = headers.get('location');
  return location === null ? undefined : new URL(location, base);
}

async function reasonOf(answer: Response, next: URL | undefined): Promise<string> {
  if (next) return `It sends it to ${next.href}, to sign in there once more.`;
  const isPage = answer.headers.get('content-type')?.startsWith('text/html');
  return `It answers ${answer.status}: ${isPage ? 'a page' : await answer.text()}`;
}

/** Opens a session in which the user has just typed the right password. */
function signOn(environment: Environment, { id }: DirectoryUser, application: Application | undefined): SignOnSession {
  const browser = { remoteAddress: '127.0.0.1', userAgent: 'signIn' };
  const session = environment.sessions.open(browser);
  const acr = application?.signOnPolicies[0] ?? 'Single_Factor';
  environment.sessions.signOn(session, { userId: id, acr, amr: ['pwd'] });
  environment.directory.recordSignOn(id, browser.remoteAddress);
  return session;
}

function signInReady({ directory, now }: Environment, username: string): DirectoryUser {
  const user = directory.findByUsername(username);
  if (!user) throw new RangeError(`There is no user "${username}", only ${listed(directory.users())}.`);
  if (!user.enabled) throw new Error(`"${username}" cannot sign in: the user is disabled.`);
  if ((user.accountLock?.until ?? 0) > now()) throw new Error(`"${username}" cannot sign in: the account is locked.`);
  const status = user.password.status();
  // The sandbox plays an outside identity provider as well.
  if (status === 'OK' || status === 'EXTERNAL') return user;
  throw new Error(`"${username}" cannot sign in: the password's status is ${status}.`);
}

function signInApplication(applications: readonly Application[], clientId: string | undefined): Application {
  const able = applications.filter(({ enabled, grantTypes }) => enabled && grantTypes.includes('AUTHORIZATION_CODE'));
  const application = able.find((one) => clientId === undefined || one.clientId === clientId);
  if (application) return application;
  const named = able.map(({ clientId: id, name }) => `"${id}" (${name})`);
  const there = able.length === 0 ? 'there is none' : `those are ${named.join(', ')}`;
  const what = clientId === undefined ? 'There is no application' : `"${clientId}" is the client ID of no application`;
  throw new RangeError(`${what} that is enabled and has the authorization code grant; ${there}.`);
}

function listed(users: readonly DirectoryUser[]): string {
  return users.map(({ username }) => `"${username}"`).join(', ');
}
