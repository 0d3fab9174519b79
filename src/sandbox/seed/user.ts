/** A user as the seed writes them; what is left out is unset, as on PingOne (docs/pingone.md, section 7.1). */
export interface SeedUser {
  readonly id: string;
  readonly username: string;
  /** One line for the person who picks a user: what is special about them. */
  readonly note: string;
  /** Default true. */
  readonly enabled?: boolean;
  readonly attributes: UserAttributes;
  /** Absent: the user has no password (`NO_PASSWORD`). */
  readonly password?: SeedPassword;
  /** Present: an outside provider signs the user in (`EXTERNAL`). */
  readonly identityProvider?: { readonly id: string; readonly type: string };
  readonly groups?: readonly { readonly id: string; readonly name: string }[];
}

export interface SeedPassword {
  readonly value: string;
  /** Days before the sandbox starts; 182 and more is expired under the Standard policy, less than 1 is too young to change. */
  readonly changedDaysAgo: number;
  /** The user must change it at the next sign-on. */
  readonly forceChange?: boolean;
  /** Locked out, as if the last wrong attempt were made when the sandbox starts. */
  readonly lockedOut?: boolean;
  /** Default: the environment's default policy. */
  readonly policyId?: string;
}

/** The attributes that a user, or a worker for them, may read and write. Wire names of the management API. */
export interface UserAttributes {
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly name?: {
    readonly given?: string;
    readonly family?: string;
    readonly middle?: string;
    readonly formatted?: string;
    readonly honorificPrefix?: string;
    readonly honorificSuffix?: string;
  };
  readonly nickname?: string;
  readonly title?: string;
  readonly type?: string;
  readonly externalId?: string;
  readonly locale?: string;
  readonly preferredLanguage?: string;
  readonly timezone?: string;
  readonly mobilePhone?: string;
  readonly primaryPhone?: string;
  readonly photo?: { readonly href: string };
  readonly address?: {
    readonly streetAddress?: string;
    readonly locality?: string;
    readonly region?: string;
    readonly postalCode?: string;
    readonly countryCode?: string;
  };
}
