import type { Command } from 'commander';
import type { UserGrant } from '../auth/browser-flow.ts';
import type { AuthorizationServerClient } from '../auth/client.ts';
import { displayNameOf } from '../auth/id-token-claims.ts';
import type { SignInGrant } from '../auth/sign-in.ts';
import { missingScopes, scopesOf } from '../auth/token-answer.ts';
import { optional, required } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import {
  authorizationServer,
  type Declare,
  type Invocation,
  sessionIdentity,
  sessionParts,
  stateFolderOf,
} from '../invocation.ts';
import type { Certificate } from '../loopback/certificate.ts';
import { safeText } from '../output/safe-text.ts';
import { isoTime } from '../output/time.ts';
import type { Session } from '../session/session.ts';
import { readSession, storeSession } from '../session/stored-session.ts';
import { listenerCertificate } from '../trust/listener-certificate.ts';

interface LoginOptions {
  readonly browser: boolean;
  readonly preflight: boolean;
  readonly switchUser?: true;
  readonly loginHint?: string;
  readonly cert?: string;
  readonly key?: string;
}

const help = `
Signs you in through the browser and keeps the session. The address to open is always shown too. BROWSER names another
browser, or "none"; without a terminal and without BROWSER no browser is started.`;

export const declare: Declare = (command, start) => {
  command
    .option('--no-browser', 'start no browser: open the shown address yourself, or paste the one it ends on')
    .option('--no-preflight', 'do not try the request before the browser opens')
    .option('--switch-user', 'sign in as somebody else: the same as --prompt login')
    .option('--login-hint <name>', 'the user name to begin with')
    .option('--cert <file>', 'your own certificate for the listener, PEM; it must be for the host of the redirect URI')
    .option('--key <file>', 'its private key, PEM, without a passphrase')
    .addHelpText('after', help)
    .action(async (options: LoginOptions, self: Command) => {
      const invocation = await start(self);
      const { output, settings } = invocation;
      const scope = scopesOf(required(settings, 'scope'));
      refuseAnonymous(scope);
      const certificate = await certificateFor(invocation, options);
      const parts = await sessionParts(invocation);
      // A keychain that is locked or absent is better known before a person has signed in.
      await readSession(parts, sessionIdentity(invocation));
      const session = await signInAs(invocation, options, scope, certificate, (fresh) => storeSession(parts, fresh));
      const missing = missingScopes(scope, session.tokens);
      if (missing.length > 0)
        output.warn(`Not granted: ${safeText(missing.join(' '))}. Commands that need it will say so.`);
      output.note(`The session is kept in ${parts.store.place}.`);
      await output.result({ text: `Signed in as ${safeText(session.displayName)}`, document: documentOf(session) });
    });
};

async function signInAs(
  invocation: Invocation,
  options: LoginOptions,
  scope: readonly string[],
  certificate: Certificate | undefined,
  store: (session: Session) => Promise<void>,
): Promise<Session> {
  const { runtime, output, settings, interactive } = invocation;
  const [{ signIn }, client] = await Promise.all([import('../auth/sign-in.ts'), authorizationServer(invocation)]);
  const maxAge = optional(settings, 'maxAge');
  const toSession = ({ tokens, claims }: UserGrant): Session => ({
    ...sessionIdentity(invocation),
    subject: claims.sub,
    displayName: displayNameOf(claims),
    tokens,
    signedInAt: runtime.now(),
  });
  const grant = await signIn(
    {
      client,
      grant: grantOf(invocation),
      wishes: {
        scope,
        prompt: promptOf(invocation, options),
        maxAge: maxAge === undefined ? undefined : Number(maxAge),
        loginHint: options.loginHint,
        acrValues: optional(settings, 'acrValues'),
      },
      redirectUri: required(settings, 'redirectUri'),
      certificate,
      timeoutMs: Number(required(settings, 'timeout')) * 1000,
      opensBrowser: options.browser && startsBrowser(invocation),
      takesPaste: interactive,
      preflight: options.preflight ? preflightOf(invocation, client) : undefined,
      keep: (fresh) => store(toSession(fresh)),
    },
    runtime,
    output,
  );
  return toSession(grant);
}

/** Loaded when it is called: by then the person waits for the network anyway. */
function preflightOf({ runtime, output, settings }: Invocation, client: AuthorizationServerClient) {
  return async (url: string) => {
    const { refuseInVain } = await import('../preflight/preflight.ts');
    await refuseInVain(client, { url, registered: required(settings, 'redirectUri') }, runtime, output);
  };
}

function certificateFor(invocation: Invocation, files: LoginOptions): Promise<Certificate | undefined> {
  const { runtime, output, settings } = invocation;
  const use = { redirectUri: required(settings, 'redirectUri'), now: runtime.now() };
  return listenerCertificate(files, use, stateFolderOf(invocation), output);
}

/** Without an ID token nobody knows who signed in (OpenID Connect Core, section 3.1.2.1). */
function refuseAnonymous(scope: readonly string[]): void {
  if (scope.includes('openid')) return;
  throw new Failure('usage', 'The scopes lack "openid", without which nobody knows who signs in.', {
    code: 'scope_without_openid',
    hint: 'Add openid to --scope, PING14C_SCOPE or the profile.',
  });
}

function grantOf({ settings }: Invocation): SignInGrant {
  const grant = required(settings, 'grant');
  if (grant === 'authorization_code') return grant;
  throw new Failure('usage', `login does not use the grant ${grant}.`, {
    code: 'grant_not_supported',
    hint: 'Set the grant to authorization_code (PING14C_GRANT, or "ping14c config set grant").',
  });
}

function promptOf({ settings }: Invocation, { switchUser }: LoginOptions): string | undefined {
  const prompt = optional(settings, 'prompt');
  if (!switchUser) return prompt;
  if (prompt === 'none') {
    throw new Failure('usage', 'Nobody can switch users with --prompt none.', {
      code: 'conflicting_options',
      hint: 'Leave one of --switch-user and --prompt out.',
    });
  }
  return 'login';
}

/** Contract.md, section 3: always when `BROWSER` is set, else on a terminal. */
function startsBrowser({ runtime: { env, stderr } }: Invocation): boolean {
  return Boolean(env['BROWSER']) || Boolean(stderr.isTTY && !env['CI']);
}

function documentOf({ subject, displayName, issuer, environmentId, clientId, profile, tokens }: Session) {
  return {
    schemaVersion: 1,
    user: { id: subject, name: displayName },
    profile,
    issuer,
    environmentId,
    clientId,
    ...(tokens.scope ? { scope: tokens.scope } : {}),
    ...(tokens.expiresAt === undefined ? {} : { expiresAt: isoTime(tokens.expiresAt) }),
  };
}
