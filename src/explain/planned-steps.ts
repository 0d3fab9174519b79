import { assumedEndpoints } from '../auth/assumed-client.ts';
import type { AuthorizationRequest, SignInWishes } from '../auth/authorization-request.ts';
import type { ClientSettings } from '../auth/client.ts';
import type { SignIn } from '../auth/sign-in.ts';
import { checks } from './claim-notes.ts';
import { type Endpoint, type ExchangeNote, exchangeNotes } from './exchange-notes.ts';
import { authorizationStep, listeningStep, pkceSteps } from './narrator.ts';
import type { Step } from './note.ts';
import { parameterNotes } from './parameter-notes.ts';
import { rows, type Told } from './rows.ts';

/** A sign-in as the settings and flags want it. */
export interface Intention extends Pick<SignIn, 'responseType' | 'redirectUri' | 'pushed' | 'opensBrowser'> {
  readonly client: ClientSettings;
  readonly grant: SignIn['grant'] | 'device_code';
  readonly wishes: SignInWishes;
  readonly preflight: boolean;
  /** In words, e.g. `keychain`. */
  readonly store: string;
}

/** The steps of the sign-in, in their order. @param request as it would be; the device grant has none */
export function plannedSteps(intention: Intention, request: AuthorizationRequest | undefined): readonly Step[] {
  const told: Told = new Set();
  const { grant, client, responseType, store } = intention;
  return [
    exchangeStep('discovery', [`   GET ${client.issuer}/.well-known/openid-configuration`]),
    ...(request ? browserSteps(request, intention, told) : deviceSteps(intention, told)),
    ...(grant === 'implicit' ? [] : [tokenStep(intention, told)]),
    grant === 'implicit' && responseType === 'token' ? userinfoStep(client) : checksStep(),
    {
      title: 'The session is kept',
      what: 'Only then is the browser told of success.',
      lines: [`   in the store: ${store}`],
    },
  ];
}

function browserSteps(request: AuthorizationRequest, intention: Intention, told: Told): readonly Step[] {
  const { redirectUri, pushed, preflight, opensBrowser } = intention;
  const { par, authorize } = addressesOf(intention);
  return [
    listeningStep(`${redirectUri}${hasPort(redirectUri) ? '' : ' (a free port is put in)'}`, undefined),
    ...pkceSteps(request),
    ...(pushed ? [exchangeStep('pushed_authorization_request_endpoint', [`   POST ${par}`])] : []),
    ...(preflight && !pushed ? [exchangeStep('authorization_endpoint', [`   GET ${authorize}`])] : []),
    authorizationStep(request.url, told),
    {
      title: opensBrowser ? 'The browser is opened' : 'The address is shown, for you to open',
      what: pushed
        ? 'With client_id and request_uri only: the parameters above were pushed.'
        : 'State, nonce and challenge are made anew each time, so nobody waits for this one.',
      lines: [`   ${pushed ? `${authorize}?client_id=${intention.client.clientId}&request_uri=…` : request.url}`],
    },
    {
      title: 'The callback',
      what: 'The server sends the browser back to the listener, which takes the one answer that has our state.',
      standard: 'RFC 6749, section 4.1.2',
      lines: [`   ${redirectUri}`],
    },
  ];
}

function deviceSteps({ client, wishes }: Intention, told: Told): readonly Step[] {
  const form = {
    client_id: client.clientId,
    scope: wishes.scope.join(' '),
    code_challenge: '(of the verifier)',
    code_challenge_method: 'S256',
  };
  const address = assumedEndpoints(client.issuer).device_authorization_endpoint;
  return [
    exchangeStep('device_authorization_endpoint', [
      `   POST ${address}`,
      ...rows(Object.entries(form), parameterNotes, told),
    ]),
  ];
}

function tokenStep({ client, grant, redirectUri }: Intention, told: Told): Step {
  const ofGrant =
    grant === 'device_code'
      ? { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: '' }
      : { grant_type: 'authorization_code', code: '', redirect_uri: redirectUri };
  const form = Object.entries({ ...ofGrant, code_verifier: '' });
  return exchangeStep('token_endpoint', [
    `   POST ${assumedEndpoints(client.issuer).token_endpoint}`,
    `   client authentication = ${client.authMethod}`,
    ...rows(form, parameterNotes, told),
  ]);
}

function checksStep(): Step {
  return {
    title: 'The ID token is verified',
    what: 'All of it, whichever way it came; one check that fails ends the sign-in.',
    standard: 'OpenID Connect Core, section 3.1.3.7',
    lines: checks.map(({ claim, standard }) => `   ${claim}: ${standard}.`),
  };
}

/** An access token alone says nothing that could be verified, so the server is asked whose it is. */
function userinfoStep({ issuer }: ClientSettings): Step {
  return exchangeStep('userinfo_endpoint', [`   GET ${assumedEndpoints(issuer).userinfo_endpoint}`]);
}

function exchangeStep(endpoint: Endpoint, lines: readonly string[]): Step {
  const { answer: _told, ...note }: ExchangeNote = exchangeNotes[endpoint];
  return { ...note, lines };
}

/** `URL` drops a scheme's own port, so the text is asked. */
function hasPort(redirectUri: string): boolean {
  return /^https?:\/\/[^/]*:\d+(?:\/|$)/.test(redirectUri);
}

function addressesOf({ client }: Intention) {
  const endpoints = assumedEndpoints(client.issuer);
  return { par: endpoints.pushed_authorization_request_endpoint, authorize: endpoints.authorization_endpoint };
}
