import type { Command } from 'commander';
import { decodeJwt } from 'jose';
import { authorizationServer, type ConfiguredContext, type Declare } from '../cli/context.ts';
import { currentSession, pingOne } from '../cli/current-session.ts';
import { examples } from '../cli/examples.ts';
import { momentIn, passwordText, personRows } from '../cli/person.ts';
import { Failure } from '../errors.ts';
import { withAccessToken } from '../http/access-token.ts';
import { claimText } from '../oidc/claims.ts';
import { hasAccessToken, hasScope } from '../oidc/token-set.ts';
import { userinfo } from '../oidc/userinfo.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import { table } from '../output/table.ts';
import { isoTime, localTime } from '../output/time.ts';
import { type PasswordState, readPasswordState } from '../pingone/password.ts';
import { selfScopes } from '../pingone/scopes.ts';
import { readUser, type User } from '../pingone/user.ts';
import type { Session } from '../session/session.ts';
import { ping14c, wording } from '../wording.ts';

interface WhoamiOptions {
  readonly all?: true;
  readonly claims?: true;
}

type Claims = Readonly<Record<string, unknown>>;

interface Identity {
  readonly session: Session;
  readonly idToken: Claims;
  readonly userinfo: Claims;
  /** Absent where the scope was not granted, and where PingOne refused the record. */
  readonly user: User | undefined;
  /** Absent where it was not asked for, the scope was not granted, or it could not be had. */
  readonly password: PasswordState | undefined;
}

/** One fact about the person, as the claims and as the user record have it. A text is empty where its source is silent. */
type IdentityRow = readonly [label: string, claim: string, record: string];

/** What a person does not see without a scope (docs/pingone.md, sections 5 and 6). */
const scopesInWords: readonly (readonly [scope: string, missing: string])[] = [
  ['profile', 'name, locale and other claims of the profile'],
  ['email', 'the email claims'],
  ['phone', 'the phone claims'],
  ['address', 'the address claim'],
  [selfScopes.readUser, 'the PingOne user record'],
];

/** Those of them that the short answer has a use for. */
const scopesOfPerson: ReadonlySet<string> = new Set(['profile', 'email', selfScopes.readUser]);

export const declare: Declare = (command, contexts) => {
  command
    .description('Show who is signed in.')
    .option('--all', 'show all that is known, claims and user record side by side')
    .option('--claims', 'show every claim, by its name')
    .addHelpText(
      'before',
      examples(
        ['ping14c whoami', 'what a person wants to know'],
        ['ping14c whoami --all', 'claims and user record side by side'],
        ['ping14c whoami --json', 'all of it, for a script'],
      ),
    )
    .action(async (options: WhoamiOptions, self: Command) => {
      const context = await contexts.configured(self);
      const { output } = context;
      const identity = await identify(context, await currentSession(context, { identityOnly: true }), options);
      const missing = scopesInWords.filter(([scope]) => !hasScope(identity.session.tokens, scope));
      if (!output.json) {
        for (const [scope, what] of missing) {
          if (!options.all && !options.claims && !scopesOfPerson.has(scope)) continue;
          output.note(`Not shown: ${what} (scope ${scope} was not granted).`);
        }
      }
      await output.result({
        text: textOf(identity, output, options),
        document: documentOf(
          identity,
          missing.map(([scope]) => scope),
        ),
      });
    });
};

/** Asks both servers at the same time. Without an access token to ask with, the ID token is all there is. */
async function identify(context: ConfiguredContext, session: Session, options: WhoamiOptions): Promise<Identity> {
  if (!hasAccessToken(session.tokens)) {
    context.output.note('Only the ID token is shown: there is no access token to ask PingOne with.');
    return { session, idToken: storedClaims(session), userinfo: {}, user: undefined, password: undefined };
  }
  const [claims, account] = await Promise.allSettled([
    readUserinfo(context, session),
    readAccount(context, session, options),
  ]);
  // Where both failed, userinfo's reason is the one to tell: it says whose session this is.
  if (claims.status === 'rejected') throw claims.reason;
  if (account.status === 'rejected') throw account.reason;
  return { session, idToken: storedClaims(session), userinfo: claims.value, ...account.value };
}

/** The ID token was verified before it was stored; nothing is decided by it here. */
function storedClaims({ tokens: { idToken } }: Session): Claims {
  if (!idToken) return {};
  try {
    return decodeJwt(idToken);
  } catch (cause) {
    throw new Failure('signInNeeded', 'The stored ID token is damaged.', {
      code: 'session_unreadable',
      hint: wording`Sign in again with ${ping14c('login')}; that replaces it.`,
      cause,
    });
  }
}

async function readUserinfo(context: ConfiguredContext, session: Session): Promise<Claims> {
  const { subject, tokens } = session;
  const server = await authorizationServer(context);
  const renewed = async (rejected: string) => (await currentSession(context, { rejected })).tokens.accessToken;
  const answer = await withAccessToken(
    async (refused) => (refused === undefined ? tokens.accessToken : renewed(refused)),
    (accessToken) => userinfo(server, { accessToken, subject }),
    ({ kind }) => kind === 'tokenRefused',
  );
  if (answer.kind === 'tokenRefused') throw answer.failure;
  return answer.claims;
}

/** One after the other: a token that the first has found refused is renewed for the second, too. */
async function readAccount(
  context: ConfiguredContext,
  session: Session,
  { claims }: WhoamiOptions,
): Promise<Pick<Identity, 'user' | 'password'>> {
  const user = await readRecord(context, session);
  return { user, password: context.output.json || claims ? undefined : await readPassword(context, session) };
}

async function readRecord(context: ConfiguredContext, session: Session): Promise<User | undefined> {
  if (!hasScope(session.tokens, selfScopes.readUser)) return undefined;
  try {
    return await readUser(await pingOne(context, session), session.subject);
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'refused') throw error;
    context.output.warn(`PingOne refused the user record: ${error.message}`);
    return undefined;
  }
}

/** Whatever fails here, the rest is worth telling. */
async function readPassword(context: ConfiguredContext, session: Session): Promise<PasswordState | undefined> {
  if (!hasScope(session.tokens, selfScopes.readPassword)) return undefined;
  try {
    return await readPasswordState(await pingOne(context, session), session.subject);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    context.output.warn(`The state of your password could not be read: ${error.message}`);
    return undefined;
  }
}

function textOf(identity: Identity, output: Output, { all, claims }: WhoamiOptions): string {
  if (claims) return claimsText(identity, output);
  return all ? identityText(identity, output) : personText(identity, output);
}

function personText({ session, ...sources }: Identity, output: Output): string {
  const place = [
    ['Environment', session.environmentId],
    ['Scopes', scopesText(session)],
  ];
  return table(['', ''], [...personRows(sources), ...place], output);
}

function scopesText({ tokens }: Session): string {
  return safeText(tokens.scope?.join(' ') ?? 'those asked for');
}

function identityText({ session, idToken, userinfo: newer, user, password }: Identity, output: Output): string {
  const rows = identityRows({ ...idToken, ...newer }, user, password);
  const title = output.paint.bold(safeText(session.displayName));
  const place = [
    ['Environment ID', session.environmentId],
    ['Issuer', session.issuer],
    ['Client ID', safeText(session.clientId)],
    ['Scopes', scopesText(session)],
  ];
  const factsTable = user
    ? table(['', 'CLAIMS', 'USER RECORD'], rows, output)
    : table(
        ['', ''],
        rows.map(([label, claim]) => [label, claim]),
        output,
      );
  return [title, factsTable, table(['', ''], place, output)].join('\n\n');
}

function claimsText({ idToken, userinfo: newer }: Identity, output: Output): string {
  return table(['CLAIM', 'ID TOKEN', 'USERINFO'], claimRows(idToken, newer), output);
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
    scope: tokens.scope,
    missingScopes,
    idToken,
    userinfo: newer,
    user: user?.record,
    passwordStatus: user?.passwordStatus,
  };
}

/** A fact's name, its claim (OpenID Connect Core, section 5.1) and its attribute in PingOne (docs/pingone.md, section 7.1). */
const facts: readonly (readonly [label: string, claim: string, attribute: string])[] = [
  ['User ID', 'sub', 'id'],
  ['User name', 'preferred_username', 'username'],
  ['Name', 'name', 'name.formatted'],
  ['Given name', 'given_name', 'name.given'],
  ['Middle name', 'middle_name', 'name.middle'],
  ['Family name', 'family_name', 'name.family'],
  ['Nickname', 'nickname', 'nickname'],
  ['Title', '', 'title'],
  ['Email', 'email', 'email'],
  ['Email verified', 'email_verified', 'emailVerified'],
  ['Phone', 'phone_number', 'primaryPhone'],
  ['Mobile phone', '', 'mobilePhone'],
  ['Street', 'address.street_address', 'address.streetAddress'],
  ['Locality', 'address.locality', 'address.locality'],
  ['Region', 'address.region', 'address.region'],
  ['Postal code', 'address.postal_code', 'address.postalCode'],
  ['Country', 'address.country', 'address.countryCode'],
  ['Locale', 'locale', 'locale'],
  ['Time zone', 'zoneinfo', 'timezone'],
  ['Last sign-on', 'auth_time', 'lastSignOn.at'],
  ['Updated', 'updated_at', 'updatedAt'],
  ['Created', '', 'createdAt'],
  ['Enabled', '', 'enabled'],
  ['Account', '', 'account.status'],
  ['MFA enabled', '', 'mfaEnabled'],
  ['Verification', '', 'verifyStatus'],
  ['Identity provider', '', 'identityProvider.type'],
  ['Population', '', 'population.id'],
  ['External ID', '', 'externalId'],
];

/** The facts that either side knows, in reading order; text made safe for a terminal, times local. */
export function identityRows(
  claims: Claims,
  user: User | undefined,
  password: PasswordState | undefined,
): readonly IdentityRow[] {
  const rows = facts.map(([label, claim, attribute]): IdentityRow => {
    const record = attribute === 'id' ? user?.id : user?.attributes[attribute];
    return [label, claimText(claim, claimAt(claims, claim)), record === undefined ? '' : momentOrText(record)];
  });
  const state = password ?? { status: user?.passwordStatus ?? '' };
  const passwordRow: IdentityRow = ['Password', '', passwordText(state)];
  return [...rows, passwordRow].filter(([, claim, record]) => claim !== '' || record !== '');
}

/** Every claim by name: the ID token's value and userinfo's; seconds since the epoch are told as times, too. */
export function claimRows(idToken: Claims, userinfo: Claims): readonly IdentityRow[] {
  const names = [...new Set([...Object.keys(idToken), ...Object.keys(userinfo)])];
  return names.map((name) => [
    safeText(name),
    claimText(name, own(idToken, name), 'with the number'),
    claimText(name, own(userinfo, name), 'with the number'),
  ]);
}

/** A claim may be called `toString`: what every object inherits is no claim. */
function own(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

function claimAt(claims: Claims, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
      ? (value as Claims)[key]
      : undefined;
  }, claims);
}

function momentOrText(text: string): string {
  const at = momentIn(text);
  return at === undefined ? safeText(text) : localTime(at);
}
