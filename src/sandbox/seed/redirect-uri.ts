import { Failure } from '../../errors.ts';
import type { Seed } from '../seed.ts';
import type { Application } from './applications.ts';

/**
 * Registers addresses with every application that signs people in by redirect, and lets the pages that are there call for
 * single-page applications.
 *
 * @throws Failure `usage` where PingOne would not register one of them
 */
export function withRedirectUris(seed: Seed, uris: readonly string[]): Seed {
  for (const uri of uris) {
    const problem = problemWithRedirectUri(uri);
    if (problem === undefined) continue;
    throw new Failure('usage', `The redirect URI "${uri}" ${problem}.`, {
      code: 'invalid_redirect_uri',
      hint: 'Give --redirect-uri the address as your client sends it, such as http://localhost:3000/callback.',
    });
  }
  const applications = seed.applications.map((application) =>
    application.grantTypes.some((grant) => grant === 'AUTHORIZATION_CODE' || grant === 'IMPLICIT')
      ? {
          ...withPagesOf(uris, application),
          redirectUris: [...new Set([...application.redirectUris, ...uris])],
        }
      : application,
  );
  return { ...seed, applications };
}

/** `corsSettings` with the origins of these addresses; those that say that nobody may call stay as they are. */
function withPagesOf(uris: readonly string[], application: Application): Application {
  const { type, corsSettings } = application;
  const origins = uris.filter((uri) => /^https?:/i.test(uri)).map((uri) => new URL(uri).origin);
  if (type !== 'SINGLE_PAGE_APP' || origins.length === 0 || corsSettings?.behavior === 'ALLOW_NO_ORIGINS') {
    return application;
  }
  const listed = [...new Set([...(corsSettings?.origins ?? []), ...origins])];
  return { ...application, corsSettings: { behavior: 'ALLOW_SPECIFIC_ORIGINS', origins: listed } };
}

/**
 * Says why PingOne would not register this redirect URI with an application that takes no wildcards, in the words that follow
 * it; `undefined` where it would (docs/pingone.md, section 9).
 */
export function problemWithRedirectUri(uri: string): string | undefined {
  if (uri.includes('*')) return 'must not have a wildcard (*)';
  return problemWithRedirectUriOrPattern(uri);
}

/** The same for an application that does: a `*` in path or query stands for any part of it, once. */
export function problemWithRedirectUriOrPattern(uri: string): string | undefined {
  if (!/^[^*]*$|^[^:]+:\/\/[^/?#*]+[/?][^*]*\*[^*]*$/.test(uri))
    return 'must have one wildcard (*) at most, in its path or query';
  const problem = problemWithUri(uri);
  if (problem !== undefined) return problem;
  const { protocol, hostname } = new URL(uri);
  if (protocol !== 'http:' || httpHosts.includes(hostname)) return undefined;
  return `must begin with https://: PingOne takes http:// for ${httpHosts.join(' and ')} only`;
}

/** The same for where a browser goes after the sign-off; plain HTTP is taken for every host. */
export function problemWithPostLogoutRedirectUri(uri: string): string | undefined {
  return problemWithUri(uri);
}

function problemWithUri(uri: string): string | undefined {
  // RFC 8252, section 7.1, has a scheme that is a domain name backwards, and one slash.
  if (/^[a-z][a-z\d+-]*\.[a-z\d+.-]*:\/(?!\/)/i.test(uri)) {
    return 'must have // after its scheme, as com.example.app://callback has: PingOne is known to take no other';
  }
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(uri)) return 'must be a whole address, such as https://127.0.0.1/callback';
  if (!URL.canParse(uri) || /[\s\p{Cc}]/u.test(uri)) return 'is no address';
  // RFC 6749, section 3.1.2.
  return uri.includes('#') ? 'must not have a fragment (#)' : undefined;
}

const httpHosts = ['localhost', '127.0.0.1'];
