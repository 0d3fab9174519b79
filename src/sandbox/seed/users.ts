/** A user as the seed writes them; what is left out is unset, as on PingOne (docs/pingone.md, section 7.1). */
export interface SeedUser {
  readonly id: string;
  readonly username: string;
  /** One line for the person who picks a user: what is special about them. */
  readonly note: string;
  /** Default true. */
  readonly enabled?: boolean | undefined;
  readonly attributes: UserAttributes;
  /** Absent: the user has no password (`NO_PASSWORD`). */
  readonly password?: SeedPassword | undefined;
  /** Present: an outside provider signs the user in (`EXTERNAL`). */
  readonly identityProvider?: { readonly id: string; readonly type: string } | undefined;
  readonly groups?: readonly { readonly id: string; readonly name: string }[] | undefined;
}

export interface SeedPassword {
  readonly value: string;
  /**
   * Days before the sandbox starts; 182 and more is expired under the Standard policy, less than 1 is too young to
   * change.
   */
  readonly changedDaysAgo: number;
  /** The user must change it at the next sign-on. */
  readonly forceChange?: boolean | undefined;
  /** Locked out, as if the last wrong attempt were made when the sandbox starts. */
  readonly lockedOut?: boolean | undefined;
  /** Default: the environment's default policy. */
  readonly policyId?: string | undefined;
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

/** One user for each state that matters. Passwords are here to be read: this environment exists on loopback only. */
export const users: readonly SeedUser[] = [
  {
    id: 'd0000000-0000-4000-8000-000000000001',
    username: 'ada',
    note: 'an ordinary user',
    attributes: {
      email: 'ada@example.com',
      emailVerified: true,
      name: { given: 'Ada', family: 'Lovelace', middle: 'King', formatted: 'Ada King Lovelace' },
      nickname: 'Countess',
      title: 'Analyst',
      locale: 'en-GB',
      preferredLanguage: 'en-gb;q=1, fr;q=0.5',
      timezone: 'Europe/London',
      mobilePhone: '+44.2079460000',
      primaryPhone: '+44.2079460001',
      address: {
        streetAddress: '12 St James’s Square',
        locality: 'London',
        postalCode: 'SW1Y 4JH',
        countryCode: 'GB',
      },
    },
    password: { value: 'Analytical-Engine-1843', changedDaysAgo: 30 },
    groups: [{ id: '90000000-0000-4000-8000-000000000001', name: 'Mathematicians' }],
  },
  {
    id: 'd0000000-0000-4000-8000-000000000002',
    username: 'grace',
    note: 'must change the password at the next sign-in',
    attributes: { email: 'grace@example.com', emailVerified: true, name: { given: 'Grace', family: 'Hopper' } },
    password: { value: 'Temporary-Moth-1947', changedDaysAgo: 2, forceChange: true },
  },
  {
    id: 'd0000000-0000-4000-8000-000000000003',
    username: 'alan',
    note: 'the password has expired',
    attributes: { email: 'alan@example.com', emailVerified: true, name: { given: 'Alan', family: 'Turing' } },
    password: { value: 'Bombe-Hut-8-Enigma', changedDaysAgo: 200 },
  },
  {
    id: 'd0000000-0000-4000-8000-000000000004',
    username: 'edsger',
    note: 'locked out for the first 15 minutes',
    attributes: { email: 'edsger@example.com', emailVerified: true, name: { given: 'Edsger', family: 'Dijkstra' } },
    password: { value: 'Shortest-Path-1959', changedDaysAgo: 30, lockedOut: true },
  },
  {
    id: 'd0000000-0000-4000-8000-000000000005',
    username: 'barbara',
    note: 'changed the password today: too young to change again',
    attributes: { email: 'barbara@example.com', emailVerified: true, name: { given: 'Barbara', family: 'Liskov' } },
    password: { value: 'Substitute-Me-1987', changedDaysAgo: 0.1 },
  },
  {
    id: 'd0000000-0000-4000-8000-000000000006',
    username: 'donald',
    note: 'kept by an outside identity provider',
    attributes: { email: 'donald@example.com', emailVerified: true, name: { given: 'Donald', family: 'Knuth' } },
    identityProvider: { id: '1d000000-0000-4000-8000-000000000001', type: 'SAML' },
  },
  {
    id: 'd0000000-0000-4000-8000-000000000007',
    username: 'margaret',
    note: 'has no password',
    attributes: { email: 'margaret@example.com', name: { given: 'Margaret', family: 'Hamilton' } },
  },
  {
    id: 'd0000000-0000-4000-8000-000000000008',
    username: 'kurt',
    note: 'disabled',
    enabled: false,
    attributes: { email: 'kurt@example.com', emailVerified: true, name: { given: 'Kurt', family: 'Gödel' } },
    password: { value: 'Incomplete-Always-1931', changedDaysAgo: 30 },
  },
  {
    id: 'd0000000-0000-4000-8000-000000000009',
    username: 'zoë@例え.jp',
    note: 'has control characters and markup in the name; policy Basic',
    attributes: {
      email: 'zoe@example.com',
      emailVerified: false,
      name: { given: 'Zoë \u001b[31mred\u001b[0m', family: '<script>alert("家")</script>\u202egnirts' },
      nickname: '👩‍💻\nsecond line',
    },
    password: { value: 'Señor-Unicode-2024', changedDaysAgo: 30, policyId: 'f0000000-0000-4000-8000-000000000003' },
  },
];

/** In the order in which a person is shown them: who is not of those that every sandbox has was put there to be used. */
export function ownUsersFirst(all: readonly SeedUser[]): readonly SeedUser[] {
  return [...all.filter((user) => !users.includes(user)), ...all.filter((user) => users.includes(user))];
}
