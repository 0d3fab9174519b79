import type { FailureKind } from '../errors.ts';
import type { AuthMethod } from './client.ts';
import type { Step } from './failures.ts';

/** Which sort of failure, and what to do about it. */
export interface Remedy {
  readonly kind?: FailureKind;
  readonly hint: string;
}

type Remedies = Readonly<Record<string, Remedy>>;

/** By the code that RFC 6749, RFC 8628 and OpenID Connect Core define. */
const remedies: Remedies = {
  access_denied: {
    hint: 'Run "ping14c login" again if that was not meant; otherwise ask who manages the application.',
  },
  login_required: { kind: 'signInNeeded', hint: 'Run "ping14c login" without --prompt none.' },
  interaction_required: { kind: 'signInNeeded', hint: 'Run "ping14c login" without --prompt none.' },
  consent_required: { kind: 'signInNeeded', hint: 'Run "ping14c login" without --prompt none.' },
  invalid_scope: {
    hint: 'Grant these scopes to the application (console: Applications, Resources), or ask for others with --scope.',
  },
  invalid_grant: { hint: 'Run "ping14c login" again.' },
  unauthorized_client: { hint: 'Allow this grant type for the application (console: Applications, Configuration).' },
  unsupported_grant_type: { hint: 'Allow this grant type for the application (console: Applications, Configuration).' },
  unsupported_response_type: {
    hint: 'Allow this response type for the application (console: Applications, Configuration).',
  },
  invalid_request: { hint: 'Run it again with --debug to see what was sent.' },
  expired_token: { kind: 'unreachable', hint: 'Run "ping14c login --device" again for a new code.' },
  invalid_token: { kind: 'signInNeeded', hint: 'Run "ping14c login".' },
  server_error: { kind: 'failed', hint: 'Try again in a moment.' },
  temporarily_unavailable: { kind: 'failed', hint: 'Try again in a moment.' },
};

/** At the authorization endpoint, where the one thing that a person may have left out is that the request is pushed. */
const signInRemedies: Remedies = {
  invalid_request: {
    hint: 'If the application requires pushed authorization requests (PAR), add --par; else run it again with --debug.',
  },
};

/** When an application asks for its own token, these codes mean something else (docs/pingone.md, section 4.4). */
const applicationRemedies: Remedies = {
  invalid_scope: {
    hint:
      'Give a worker application an administrator role (console: Applications, Roles); any other must ask with --scope ' +
      'for scopes of an API that were granted to it.',
  },
};

/** What a code means at one step only comes first. */
const remediesAt: Readonly<Partial<Record<Step, Remedies>>> = { 'sign-in': signInRemedies, token: applicationRemedies };

export function remedyFor(step: Step, code: string): Remedy | undefined {
  // The code comes from outside, and every object has a `constructor`.
  const tables = [remediesAt[step] ?? {}, remedies];
  return tables.find((table) => Object.hasOwn(table, code))?.[code];
}

/** Which other methods the same credentials would do for: PingOne accepts one only (docs/pingone.md, section 4.1). */
const otherMethods: Readonly<Record<AuthMethod, string>> = {
  none: 'client_secret_basic or client_secret_post, where the application has a secret',
  client_secret_basic: 'client_secret_post or client_secret_jwt; none for a public client',
  client_secret_post: 'client_secret_basic or client_secret_jwt; none for a public client',
  client_secret_jwt: 'client_secret_basic or client_secret_post',
  private_key_jwt: 'the key whose public half the application has; client_secret_jwt where it has a secret',
};

export function methodsToTry(used: AuthMethod): string {
  return otherMethods[used];
}
