import { createPublicKey } from 'node:crypto';
import * as z from 'zod/mini';
import type { CustomResource, Seed } from '../seed.ts';
import type { Application, CorsSettings, GrantedScopes } from './applications.ts';
import type { PasswordPolicy } from './password-policy.ts';
import { problemWithPostLogoutRedirectUri, problemWithRedirectUriOrPattern } from './redirect-uri.ts';
import type { SeedPassword, SeedUser, UserAttributes } from './users.ts';

/**
 * What somebody wants of a sandbox, in a file or from a test: added to what every sandbox starts with, or in its place where
 * the user name, the client ID, or the name of a policy or resource is the same. All that is left out has a default.
 */
export interface SeedFile {
  /** For editors: where the JSON Schema is. */
  readonly $schema?: string | undefined;
  /** False: without the users, applications and resources that a sandbox starts with. PingOne's own three policies stay. */
  readonly defaults?: boolean | undefined;
  readonly environment?: Given<Seed['environment']> | undefined;
  readonly users?: readonly SeedFileUser[] | undefined;
  readonly applications?: readonly SeedFileApplication[] | undefined;
  readonly passwordPolicies?: readonly SeedFilePasswordPolicy[] | undefined;
  readonly customResources?: readonly SeedFileCustomResource[] | undefined;
}

/** A user name and a password are enough. */
export interface SeedFileUser extends Given<Omit<SeedUser, 'username' | 'password'>> {
  readonly username: string;
  /** A text was set 30 days ago. Absent: the user has none. */
  readonly password?: string | SeedFilePassword | undefined;
}

interface SeedFilePassword extends Given<Omit<SeedPassword, 'value' | 'policyId'>> {
  readonly value: string;
  /** The name of a password policy. */
  readonly policy?: string | undefined;
}

/** A name, and redirect URIs where people sign in, are enough: the rest goes with the type. */
export interface SeedFileApplication extends Given<Omit<Application, 'name' | 'scopes'>> {
  readonly name: string;
  /** A list of scopes, or by resource; custom resources by name or ID. */
  readonly scopes?: readonly string[] | Given<GrantedScopes> | undefined;
}

export interface SeedFilePasswordPolicy extends Given<Omit<PasswordPolicy, 'name'>> {
  readonly name: string;
}

export interface SeedFileCustomResource extends Given<Omit<CustomResource, 'name'>> {
  readonly name: string;
}

/** Every member may be left out. */
type Given<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

/** A member for each of these, and no other: whoever adds one to what the sandbox knows is led here. */
type Members<T> = Readonly<Record<keyof T, z.ZodMiniType>>;

const text = (description: string) => z.string().check(z.minLength(1), z.describe(description));
const flag = (description: string) => z.optional(z.boolean().check(z.describe(description)));
const seconds = (description: string) => z.optional(z.int().check(z.gte(1), z.describe(`Seconds. ${description}`)));
/** What is reckoned with them must stay a date: a hundred years, and what Ping's clients can count to. */
const [mostDays, mostSeconds] = [36_500, 2 ** 31 - 1];
const count = (description: string) => z.optional(z.int().check(z.gte(0), z.describe(description)));
const uuid = (description: string) =>
  z.optional(
    z.string().check(
      z.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, {
        error: 'must be a UUID in lower case, such as 1f6c2d0e-0000-4000-8000-000000000001',
      }),
      z.describe(description),
    ),
  );
const texts = (description: string) =>
  z.optional(z.array(z.string().check(z.minLength(1))).check(z.describe(description)));

/** What a function says against a value stands as the problem's words. */
function saidBy<T>(problemWith: (value: T) => string | undefined) {
  return z.superRefine<T>((value, context) => {
    const message = problemWith(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}

const addresses = (problemWith: (uri: string) => string | undefined, description: string) =>
  z.optional(z.array(z.string().check(saidBy(problemWith))).check(z.describe(description)));

const environment = z.strictObject({
  id: uuid('Stands in every address of the environment.'),
  organizationId: uuid('What tokens carry as "org".'),
  populationId: uuid('The population of every user.'),
  name: z.optional(text('Default: Sandbox.')),
  region: z.optional(
    z.enum(['NA', 'CA', 'EU', 'AU', 'SG', 'AP']).check(z.describe('What tokens carry as "p1.region". Default: NA.')),
  ),
} satisfies Members<Seed['environment']>);

const attribute = z.exactOptional(z.string().check(z.maxLength(256)));
const attributes = z
  .strictObject({
    email: attribute,
    emailVerified: z.exactOptional(z.boolean()),
    name: z.exactOptional(
      z.strictObject({
        given: attribute,
        family: attribute,
        middle: attribute,
        formatted: attribute,
        honorificPrefix: attribute,
        honorificSuffix: attribute,
      } satisfies Members<NonNullable<UserAttributes['name']>>),
    ),
    nickname: attribute,
    title: attribute,
    type: attribute,
    externalId: attribute,
    locale: attribute,
    preferredLanguage: attribute,
    timezone: attribute,
    mobilePhone: attribute,
    primaryPhone: attribute,
    photo: z.exactOptional(z.strictObject({ href: z.string() })),
    address: z.exactOptional(
      z.strictObject({
        streetAddress: attribute,
        locality: attribute,
        region: attribute,
        postalCode: attribute,
        countryCode: attribute,
      } satisfies Members<NonNullable<UserAttributes['address']>>),
    ),
  } satisfies Members<UserAttributes>)
  .check(z.describe('As the management API names them.'));

const password = z
  .union([
    z.string().check(z.minLength(1)),
    z.strictObject({
      value: text('What is typed.'),
      changedDaysAgo: z.optional(
        z
          .number()
          .check(
            z.gte(0),
            z.lte(mostDays),
            z.describe('Default 30. Under the policy Standard 182 is expired, less than 1 too young.'),
          ),
      ),
      forceChange: flag('The user must change it at the next sign-on.'),
      lockedOut: flag('Locked out, as if the last wrong attempt were made when the sandbox starts.'),
      policy: z.optional(text('The name of a password policy. Default: the default policy.')),
    } satisfies Members<SeedFilePassword>),
  ])
  .check(z.describe('Absent: the user has none. A text was set 30 days ago.'));

const user = z.strictObject({
  id: uuid('Default: made of the place in the list, or that of the user who is replaced.'),
  username: z.string().check(z.regex(/\S/, { error: 'must not be empty' }), z.describe('What is typed at sign-on.')),
  note: z.optional(z.string().check(z.describe('One line for the person who picks a user on the sign-on page.'))),
  enabled: flag('Default: true.'),
  attributes: z.optional(attributes),
  password: z.optional(password),
  identityProvider: z.optional(
    z
      .strictObject({ id: z.string(), type: z.string() })
      .check(z.describe('Present: an outside provider signs the user in, e.g. of the type SAML.')),
  ),
  groups: z.optional(z.array(z.strictObject({ id: z.string(), name: z.string() }))),
} satisfies Members<SeedFileUser>);

/** The users of a seed alone. */
export const usersSchema: z.ZodMiniType<readonly SeedFileUser[]> = z.array(user);

const publicKey = z
  .record(z.string(), z.unknown())
  .check(z.describe('A public key (RFC 7517).'), saidBy(problemWithPublicKey));

const application = z.strictObject({
  name: text('What the sign-on pages call it.'),
  type: z.optional(
    z
      .enum(['WEB_APP', 'NATIVE_APP', 'SINGLE_PAGE_APP', 'WORKER', 'SERVICE'])
      .check(z.describe('Default: WEB_APP. What is left out goes with the type.')),
  ),
  id: uuid('Default: the client ID where that is a UUID, else made of the place in the list.'),
  clientId: z.optional(
    z
      .string()
      .check(
        z.regex(/^[\x21-\x7e]+$/, { error: 'must be of letters, digits and signs without blanks' }),
        z.describe('Default: the id. One that is there already replaces that application.'),
      ),
  ),
  enabled: flag('Default: true.'),
  grantTypes: z.optional(
    z
      .array(z.enum(['AUTHORIZATION_CODE', 'IMPLICIT', 'REFRESH_TOKEN', 'CLIENT_CREDENTIALS', 'DEVICE_CODE']))
      .check(z.describe('Default: AUTHORIZATION_CODE; for WORKER and SERVICE CLIENT_CREDENTIALS.')),
  ),
  responseTypes: z.optional(
    z.array(z.enum(['CODE', 'TOKEN', 'ID_TOKEN'])).check(z.describe('Default: those of the grant types.')),
  ),
  tokenEndpointAuthMethod: z.optional(
    z
      .enum(['NONE', 'CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST', 'CLIENT_SECRET_JWT', 'PRIVATE_KEY_JWT'])
      .check(
        z.describe(
          'The one method that is accepted. Default: by jwks PRIVATE_KEY_JWT, by a secret CLIENT_SECRET_BASIC; else NONE for NATIVE_APP and SINGLE_PAGE_APP, CLIENT_SECRET_BASIC for the others.',
        ),
      ),
  ),
  clientSecret: z.optional(
    text('Default, where one is needed: made of the client ID, always the same; "sandbox --verbose" shows it.'),
  ),
  jwks: z.optional(
    z
      .strictObject({ keys: z.array(publicKey) })
      .check(
        z.describe('Public keys for PRIVATE_KEY_JWT. Default: the key in private-key.pem, which the sandbox names.'),
      ),
  ),
  pkceEnforcement: z.optional(
    z
      .enum(['OPTIONAL', 'REQUIRED', 'S256_REQUIRED'])
      .check(z.describe('Default: S256_REQUIRED for NATIVE_APP and SINGLE_PAGE_APP, OPTIONAL for the others.')),
  ),
  allowWildcardInRedirectUris: flag('Whether a * may stand for a part of a path or query. Default: false.'),
  redirectUris: addresses(
    problemWithRedirectUriOrPattern,
    'https, http for localhost and 127.0.0.1, or a scheme of your own; on localhost and 127.0.0.1 any port matches.',
  ),
  postLogoutRedirectUris: addresses(problemWithPostLogoutRedirectUri, 'Compared to the letter.'),
  scopes: z.optional(
    z
      .union([
        z.array(z.string().check(z.minLength(1))),
        z.strictObject({
          openid: texts('Of the resource openid. With offline_access among them a refresh token must be asked for.'),
          pingOneApi: texts('Of the PingOne API, e.g. p1:read:user.'),
          custom: z.optional(
            z.record(z.string(), z.array(z.string())).check(z.describe('By the resource’s name or ID.')),
          ),
        } satisfies Members<GrantedScopes>),
      ])
      .check(
        z.describe(
          'What is granted: a list, or by resource. Default: all that lets people sign in and keep their own record.',
        ),
      ),
  ),
  requestScopesForMultipleResourcesEnabled: flag(
    'Whether one request may mix scopes of your own resources. Default: false.',
  ),
  refreshTokenType: z.optional(z.enum(['OPAQUE_TOKEN', 'JSON_WEB_TOKEN'])),
  refreshTokenDuration: seconds('Default: 30 days.'),
  refreshTokenRollingDuration: seconds('From the first token of the family. Default: 180 days.'),
  refreshTokenRollingGracePeriodDuration: count('Seconds in which a rotated refresh token is still taken. Default: 0.'),
  additionalRefreshTokenReplayProtectionEnabled: flag('Default: true.'),
  parRequirement: z.optional(z.enum(['OPTIONAL', 'REQUIRED']).check(z.describe('Default: OPTIONAL.'))),
  parTimeout: seconds('Default: 60.'),
  requireSignedRequestObject: flag('Whether requests must be a signed JWT. Default: false.'),
  supportUnsignedRequestObject: flag('Whether the JWT in "request" may be unsigned. Default: false.'),
  idpSignoff: flag('Whether an ID token alone may end the session. Default: false.'),
  opSessionCheckEnabled: flag('Whether the answer at the redirect URI carries "session_state". Default: false.'),
  corsSettings: z.optional(
    z
      .strictObject({
        behavior: z.enum(['ALLOW_NO_ORIGINS', 'ALLOW_SPECIFIC_ORIGINS']),
        origins: z.exactOptional(z.array(z.string().check(saidBy(problemWithOrigin)))),
      } satisfies Members<CorsSettings>)
      .check(z.describe('Which pages of other origins may call. Absent: any, but where a cookie authenticates.')),
  ),
  devicePathId: z.optional(
    z.string().check(z.regex(/^[\w-]{1,50}$/, { error: 'must be of up to 50 letters, digits, "-" and "_"' })),
  ),
  deviceCustomVerificationUri: z.optional(
    z
      .string()
      .check(
        saidBy(problemWithPostLogoutRedirectUri),
        z.describe('Where a person brings the user code. Default: a page of the sandbox.'),
      ),
  ),
  devicePollingInterval: z.optional(
    z.int().check(z.gte(1), z.lte(60), z.describe('Seconds between polls. Default: 5.')),
  ),
  deviceTimeout: z.optional(z.int().check(z.gte(1), z.lte(3600), z.describe('Seconds. Default: 600.'))),
  signOnPolicies: z.optional(
    z
      .array(z.string().check(z.minLength(1)))
      .check(
        z.minLength(1),
        z.describe('What "acr_values" may ask for; the first is met unless it asks. Default: Single_Factor.'),
      ),
  ),
  roles: texts('Administrator roles, which rule a WORKER. Default for it: Identity Data Admin.'),
} satisfies Members<SeedFileApplication>);

const sequence = z.optional(z.strictObject({ maxLength: z.int().check(z.gte(1)) }));
const passwordPolicy = z.strictObject({
  id: uuid('Default: made of the place in the list, or that of the policy that is replaced.'),
  name: text('One that is there already, such as Standard, is replaced.'),
  description: z.optional(z.string()),
  default: flag('True: in force for everybody who has no other, in place of the one that was.'),
  excludesProfileData: flag('Refuses what stands in the user’s record.'),
  notSimilarToCurrent: flag('Refuses what is much like the current one.'),
  excludesCommonlyUsed: flag('Refuses what everybody takes.'),
  maxAgeDays: count('Expired from then on. Absent: never.'),
  minAgeDays: count('Too young to be changed until then.'),
  maxRepeatedCharacters: count('How often a character may follow itself.'),
  minUniqueCharacters: count('How many different ones.'),
  minComplexity: count('PingOne’s measure of strength.'),
  history: z.optional(
    z.strictObject({
      count: z.int().check(z.gte(0)),
      retentionDays: z.int().check(z.gte(0)),
    }),
  ),
  lockout: z.optional(
    z.strictObject({
      failureCount: z.int().check(z.gte(1)),
      durationSeconds: z.int().check(z.gte(1), z.lte(mostSeconds)),
    }),
  ),
  length: z.optional(z.strictObject({ min: z.int().check(z.gte(1)), max: z.int().check(z.gte(1)) })),
  minCharacters: z.optional(
    z
      .record(z.string(), z.int().check(z.gte(0)))
      .check(z.describe('By literal set, e.g. "0123456789": how many of it there must be.')),
  ),
  alphabetSequenceRule: sequence,
  numberSequenceRule: sequence,
  qwertySequenceRule: sequence,
  shiftedNumberRowSequenceRule: sequence,
} satisfies Members<SeedFilePasswordPolicy>);

const customResource = z.strictObject({
  id: uuid('Default: made of the place in the list, or that of the resource that is replaced.'),
  name: text('An API of your own.'),
  audience: z.optional(text('What its access tokens carry as "aud". Default: the name.')),
  scopes: z.optional(z.array(z.string().check(z.minLength(1)))),
  accessTokenValiditySeconds: seconds('Default: 3600.'),
  secret: z.optional(text('With the ID, what the resource introspects tokens with. Absent: it has none.')),
} satisfies Members<SeedFileCustomResource>);

/**
 * What a seed may look like: the reader goes by it, and the package's JSON Schema `sandbox-seed.json` is made of it. Which names
 * go together is for the reader to say.
 */
export const seedFileSchema: z.ZodMiniType<SeedFile> = z.strictObject({
  $schema: z.optional(z.string()),
  defaults: flag(
    'False: without the users, applications and resources that a sandbox starts with. PingOne’s own three policies stay.',
  ),
  environment: z.optional(environment),
  users: z.optional(z.array(user)),
  applications: z.optional(z.array(application)),
  passwordPolicies: z.optional(z.array(passwordPolicy)),
  customResources: z.optional(z.array(customResource)),
} satisfies Members<SeedFile>);

/** In the form that a browser sends; a `*` stands for any part of a name. */
function problemWithOrigin(origin: string): string | undefined {
  return /^https?:\/\/[\w.*-]+(:\d{1,5})?$/.test(origin)
    ? undefined
    : 'must be an origin, such as https://app.example.com or http://localhost:3000';
}

function problemWithPublicKey(jwk: Readonly<Record<string, unknown>>): string | undefined {
  if (Object.hasOwn(jwk, 'd') || Object.hasOwn(jwk, 'k')) return 'must be a public key: this one is secret';
  try {
    createPublicKey({ key: { ...jwk }, format: 'jwk' });
    return undefined;
  } catch {
    return 'must be a public key of RFC 7517, such as {"kty": "RSA", "n": …, "e": "AQAB"}';
  }
}
