import type { Command } from 'commander';
import { decodeJwt } from 'jose';
import { hasAccessToken, hasScope } from '../auth/token-set.ts';
import { userinfo } from '../auth/userinfo.ts';
import { Failure } from '../errors.ts';
import { currentSession, pingOne } from '../invocation/current-session.ts';
import { authorizationServer, type Declare, type Invocation } from '../invocation/invocation.ts';
import { columns } from '../output/columns.ts';
import { safeText } from '../output/safe-text.ts';
import { isoTime } from '../output/time.ts';
import { claimRows, identityRows } from '../pingone/identity-rows.ts';
import { readUser, type User } from '../pingone/user.ts';
import type { Session } from '../session/session.ts';

type Claims = Readonly<Record<string, unknown>>;

interface Identity {
  readonly session: Session;
  readonly idToken: Claims;
  readonly userinfo: Claims;
  /** Absent where the scope is, or where PingOne refused it. */
  readonly user: User | undefined;
}

/** What a person does not see without a scope (docs/pingone.md, sections 5 and 6). */
const scopesInWords: readonly (readonly [scope: string, missing: string])[] = [
  ['profile', 'name, locale and other claims of the profile'],
  ['email', 'the email claims'],
  ['phone', 'the phone claims'],
  ['address', 'the address claim'],
  ['p1:read:user', 'the PingOne user record'],
];

const help = `
The claims are those of the ID token, verified when it was issued, with userinfo's newer ones over them. Beside them stands
the PingOne user record, where the scope p1:read:user is granted.`;

export const declare: Declare = (command, start) => {
  command
    .description('Show who is signed in: claims and user record, side by side.')
    .option('--claims', 'show every claim, by its name')
    .addHelpText('after', help)
    .action(async ({ claims }: { readonly claims?: true }, self: Command) => {
      const invocation = await start(self);
      const identity = await identify(invocation, await currentSession(invocation, { identityOnly: true }));
      const { output } = invocation;
      const missing = scopesInWords.filter(([scope]) => !hasScope(identity.session.tokens, scope));
      if (!output.json) {
        for (const [scope, what] of missing) output.note(`Not shown: ${what}; the scope ${scope} was not granted.`);
      }
      await output.result({
        text: claims ? claimsText(identity, invocation) : identityText(identity, invocation),
        document: documentOf(
          identity,
          missing.map(([scope]) => scope),
        ),
      });
    });
};

/** Userinfo and user record at the same time; the ID token alone where there is no access token to ask with. */
async function identify(invocation: Invocation, session: Session): Promise<Identity> {
  if (!hasAccessToken(session.tokens)) {
    invocation.output.note('Shown is the ID token alone: there is no access token to ask PingOne with.');
    return { session, idToken: storedClaims(session), userinfo: {}, user: undefined };
  }
  const [claims, user] = await Promise.allSettled([readUserinfo(invocation, session), readRecord(invocation, session)]);
  // Where both failed, userinfo's reason is the one to tell: it says whose session this is.
  if (claims.status === 'rejected') throw claims.reason;
  if (user.status === 'rejected') throw user.reason;
  return { session, idToken: storedClaims(session), userinfo: claims.value, user: user.value };
}

/** The ID token was verified before it was stored; nothing is decided by it here. */
function storedClaims({ tokens: { idToken } }: Session): Claims {
  if (!idToken) return {};
  try {
    return decodeJwt(idToken);
  } catch (cause) {
    throw new Failure('signInNeeded', 'The stored ID token is damaged.', {
      code: 'session_unreadable',
      hint: 'Sign in again with "ping14c login"; that replaces it.',
      cause,
    });
  }
}

/** A token that is refused is renewed once: it may have been revoked long before its time. */
async function readUserinfo(invocation: Invocation, { subject, tokens }: Session): Promise<Claims> {
  const client = await authorizationServer(invocation);
  try {
    return await userinfo(client, { accessToken: tokens.accessToken, subject });
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'signInNeeded') throw error;
    const renewed = await currentSession(invocation, { rejected: tokens.accessToken });
    return userinfo(client, { accessToken: renewed.tokens.accessToken, subject });
  }
}

async function readRecord(invocation: Invocation, session: Session): Promise<User | undefined> {
  if (!hasScope(session.tokens, 'p1:read:user')) return undefined;
  try {
    return await readUser(await pingOne(invocation, session), session.subject);
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'refused') throw error;
    invocation.output.warn(`PingOne refused the user record: ${safeText(error.message)}`);
    return undefined;
  }
}

function identityText({ session, idToken, userinfo: newer, user }: Identity, { output }: Invocation): string {
  const rows = identityRows({ ...idToken, ...newer }, user);
  const title = output.paint.bold(safeText(session.displayName));
  const place = [
    ['Environment ID', session.environmentId],
    ['Issuer', session.issuer],
    ['Client ID', safeText(session.clientId)],
    ['Scopes', safeText(session.tokens.scope?.join(' ') ?? 'those asked for')],
  ];
  const facts = user
    ? columns(['', 'CLAIMS', 'USER RECORD'], rows, output)
    : columns(
        ['', ''],
        rows.map(([label, claim]) => [label, claim]),
        output,
      );
  return [title, facts, columns(['', ''], place, output)].join('\n\n');
}

function claimsText({ idToken, userinfo: newer }: Identity, { output }: Invocation): string {
  return columns(['CLAIM', 'ID TOKEN', 'USERINFO'], claimRows(idToken, newer), output);
}

function documentOf({ session, idToken, userinfo: newer, user }: Identity, missingScopes: readonly string[]) {
  const { subject, displayName, issuer, environmentId, clientId, signedInAt, tokens } = session;
  return {
    schemaVersion: 1,
    subject,
    displayName,
    issuer,
    environmentId,
    clientId,
    signedInAt: isoTime(signedInAt),
    ...(tokens.scope ? { scope: tokens.scope } : {}),
    missingScopes,
    idToken,
    userinfo: newer,
    ...(user ? { user: user.record, passwordStatus: user.passwordStatus } : {}),
  };
}
