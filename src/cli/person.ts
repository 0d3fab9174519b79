import { claimText, knownClaim } from '../oidc/claims.ts';
import { safeText } from '../output/safe-text.ts';
import { localDate, localTime } from '../output/time.ts';
import { expiresAt, type PasswordState } from '../pingone/password.ts';
import type { User } from '../pingone/user.ts';

type Claims = Readonly<Record<string, unknown>>;

/** All that tells of one person. An empty object or `undefined` stands for what could not be asked. */
interface Sources {
  readonly idToken: Claims;
  readonly userinfo: Claims;
  readonly user: User | undefined;
  readonly password: PasswordState | undefined;
}

/** A fact as one source has it; `text` is made safe for a terminal. */
interface Account {
  readonly source: string;
  readonly text: string;
  /** Of a moment; milliseconds since the epoch. */
  readonly at?: number;
}

type Row = readonly [label: string, value: string];

/**
 * The facts that somebody asks for first, of one person. Where the ID token, userinfo and the user record do not say the same,
 * each value is told with those that say it.
 */
export function personRows(sources: Sources): readonly Row[] {
  const { user } = sources;
  const named = accounts(sources, 'name', 'name.formatted');
  const rows: readonly Row[] = [
    ['Name', agreement(named.length > 0 ? named : composedNames(sources))],
    ['User name', agreement(accounts(sources, 'preferred_username', 'username'))],
    ['Email', agreement(accounts(sources, 'email', 'email'))],
  ];
  const isKnown = ([, value]: Row) => value !== '';
  const nameless: readonly Row[] = [['User ID', agreement(accounts(sources, 'sub', 'id'))]];
  const others: readonly Row[] = [
    ['Last sign-on', agreement(accounts(sources, 'auth_time', 'lastSignOn.at'))],
    ['Password', passwordText(sources.password ?? { status: user?.passwordStatus ?? '' })],
  ];
  return [...(rows.some(isKnown) ? rows : nameless), ...others].filter(isKnown);
}

function accounts({ idToken, userinfo, user }: Sources, claim: string, attribute: string): readonly Account[] {
  const record = attribute === 'id' ? user?.id : user?.attributes[attribute];
  return [
    ...claimed('userinfo', userinfo, claim),
    ...claimed('ID token', idToken, claim),
    ...(record ? [recorded(record)] : []),
  ];
}

function claimed(source: string, claims: Claims, claim: string): readonly Account[] {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  const text = claimText(claim, value);
  if (text === '') return [];
  const isMoment = typeof value === 'number' && knownClaim(claim)?.isTime;
  return [isMoment ? { source, text, at: value * 1000 } : { source, text }];
}

function recorded(text: string): Account {
  const source = 'user record';
  const at = momentIn(text);
  return at === undefined ? { source, text: safeText(text) } : { source, text: localTime(at), at };
}

/** The moment that an attribute of a user record tells, in milliseconds since the epoch; `undefined` where it is none. */
export function momentIn(text: string): number | undefined {
  const at = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** Names made of their parts, for where nobody has the whole: a middle name may be in one and not in the other. */
function composedNames(sources: Sources): readonly Account[] {
  const parts = [...accounts(sources, 'given_name', 'name.given'), ...accounts(sources, 'family_name', 'name.family')];
  return [...new Set(parts.map(({ source }) => source))].map((source) => {
    const own = parts.filter((part) => part.source === source);
    return { source, text: own.map(({ text }) => text).join(' ') };
  });
}

/** PingOne notes a sign-on a moment after it has happened, and a claim has whole seconds. */
const sameMomentMs = 60_000;

/** One value where all say the same; else each value, and who says it. */
function agreement(told: readonly Account[]): string {
  const values: { readonly first: Account; readonly sources: string[] }[] = [];
  for (const account of told) {
    const same = values.find(({ first }) => saysTheSame(first, account));
    if (same) same.sources.push(account.source);
    else values.push({ first: account, sources: [account.source] });
  }
  if (values.length === 1) return values[0]?.first.text ?? '';
  return values.map(({ first, sources }) => `${first.text} (${sources.join(', ')})`).join('; ');
}

function saysTheSame(one: Account, other: Account): boolean {
  if (one.at === undefined || other.at === undefined) return one.text === other.text;
  return Math.abs(one.at - other.at) < sameMomentMs;
}

/** PingOne's states of a password in words (docs/pingone.md, section 7.2). */
const passwordStates: Readonly<Record<string, string>> = {
  OK: 'OK',
  NO_PASSWORD: 'none',
  PASSWORD_EXPIRED: 'expired',
  PASSWORD_LOCKED_OUT: 'locked after too many wrong attempts',
  MUST_CHANGE_PASSWORD: 'must be changed at the next sign-on',
  EXTERNAL: 'kept by another identity provider',
};

/** The password's state, when it was changed and when it ends; empty where nothing is known. */
export function passwordText(state: PasswordState): string {
  const { status, lastChangedAt } = state;
  const ends = expiresAt(state);
  return [
    Object.hasOwn(passwordStates, status) ? (passwordStates[status] ?? '') : safeText(status),
    ...(lastChangedAt === undefined ? [] : [`changed ${localDate(lastChangedAt)}`]),
    ...(ends === undefined ? [] : [`good until ${localDate(ends)}`]),
  ]
    .filter(Boolean)
    .join('; ');
}
