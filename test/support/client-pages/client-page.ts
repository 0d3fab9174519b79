/** What a page of a client's can be told to do, from outside; each answer is plain data. */
export interface ClientPage {
  /** Leaves for the sign-in. */
  signIn(): Promise<unknown>;
  /** Takes what the address of the page says after it; gives the access token. */
  signedIn(): Promise<unknown>;
  userinfo(): Promise<unknown>;
  /** Gets another access token without leaving the page. */
  renew(): Promise<unknown>;
  revoke(): Promise<unknown>;
  signOut(): Promise<unknown>;
  /** Signs out without leaving the page; not every client can. */
  signOutHere?(): Promise<unknown>;
  /** Says, without leaving the page, what the client has found out about the session; not every client can. */
  session?(): Promise<unknown>;
}

export interface ClientSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly signedOutUri: string;
  /** Whether the requests are to be pushed, where the client can. */
  readonly par: boolean;
}

interface Page {
  readonly parent: unknown;
  settings: ClientSettings;
  client: ClientPage;
  readonly location: { readonly href: string; assign(url: string): void };
}

/** The page that the bundle runs in. */
export const page = globalThis as unknown as Page;

export const scope = 'openid profile email';
