import type { FailureKind } from '../errors.ts';

/** Which sort of failure, and what to do about it, by the code that RFC 6749 and OpenID Connect Core define. */
export const remedies: Readonly<Record<string, { readonly kind?: FailureKind; readonly hint: string }>> = {
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
  invalid_token: { kind: 'signInNeeded', hint: 'Run "ping14c login".' },
  server_error: { kind: 'failed', hint: 'Try again in a moment.' },
  temporarily_unavailable: { kind: 'failed', hint: 'Try again in a moment.' },
};

/** Where an application's own token is asked for, and the code means something else (pingone-api.md, section 4.4). */
export const applicationRemedies: typeof remedies = {
  invalid_scope: {
    hint:
      'Give a worker application an administrator role (console: Applications, Roles); any other must ask with --scope ' +
      'for scopes of an API that were granted to it.',
  },
};
