import { namedPort } from '../loopback-host.ts';
import { assumedEndpoints, assumedServer } from '../oidc/assumed-server.ts';
import { authorizationRequest, freshSecrets, type SignInWishes } from '../oidc/authorization-request.ts';
import { flowOf, type SignIn } from '../oidc/browser-sign-in.ts';
import type { ClientSettings } from '../oidc/client-settings.ts';
import type { AuthorizationRequest } from '../oidc/protocol-events.ts';
import { consolePlaces } from '../pingone/console-places.ts';
import type { Runtime } from '../runtime.ts';
import { idTokenChecks } from './id-token-checks.ts';
import { authorizationStep, listeningStep, pkceSteps } from './narrator.ts';
import { type Endpoint, type ExchangeNote, exchangeNotes, parameterNotes } from './notes.ts';
import { rows, type StoryStep, stepLines, type Telling, type ToldNotes, toldBriefly } from './story.ts';

/** What `login` would do, step by step. Nothing is sent and nothing opened; the addresses are those of PingOne's layout. */
export async function dryRun(intention: Intention, runtime: Runtime, telling: Telling) {
  const endpoints = assumedEndpoints(intention.client.issuer);
  const { grant } = intention;
  const request = grant === 'device_code' ? undefined : await requestOf({ ...intention, grant }, runtime);
  const steps = plannedSteps(intention, request);
  return {
    sentences: [
      'Nothing was sent and nothing opened. Discovery would tell the addresses; these are by PingOne’s layout.',
      telling === 'all' ? '' : toldBriefly,
      ...steps.flatMap((step, index) => [`${index + 1}. ${step.title}`, ...stepLines(step, telling)]),
    ],
    document: {
      schemaVersion: 1,
      dryRun: true,
      grant,
      issuer: intention.client.issuer,
      clientId: intention.client.clientId,
      assumedEndpoints: endpoints,
      redirectUri: request && intention.redirectUri,
      pushed: request && intention.pushed,
      authorizationUrl: request?.url,
      parameters: request && parametersOf(request.url),
      steps: steps.map(({ title, what, standard, place, lines }: StoryStep) => ({
        title,
        purpose: what,
        lines: lines.map((line) => line.trim()),
        standard,
        console: place && consolePlaces[place],
      })),
    },
  };
}

/** The request as login would build it, with secrets that are thrown away; pushed or not, its parameters are the same. */
async function requestOf(
  intention: Intention & Pick<SignIn, 'grant'>,
  runtime: Runtime,
): Promise<AuthorizationRequest> {
  const server = assumedServer(intention.client, runtime);
  const { parameters } = await flowOf({ ...intention, server });
  const { redirectUri, wishes } = intention;
  return authorizationRequest(server, wishes, parameters, freshSecrets(), { redirectUri, pushed: false });
}

function parametersOf(url: string) {
  return [...new URL(url).searchParams].map(([name, value]) => {
    const note = Object.hasOwn(parameterNotes, name) ? parameterNotes[name] : undefined;
    return {
      name,
      value,
      purpose: note?.what,
      standard: note?.standard,
      console: note?.place && consolePlaces[note.place],
    };
  });
}

/** A sign-in as the settings and flags want it. */
interface Intention extends Pick<SignIn, 'responseType' | 'redirectUri' | 'pushed' | 'opensBrowser'> {
  readonly client: ClientSettings;
  readonly grant: SignIn['grant'] | 'device_code';
  readonly wishes: SignInWishes;
  readonly preflight: boolean;
  /** Where the session would be kept, in words, e.g. `keychain`. */
  readonly store: string;
}

/** The steps of the sign-in, in their order. @param request as it would be; the device grant has none */
function plannedSteps(intention: Intention, request: AuthorizationRequest | undefined): readonly StoryStep[] {
  const toldNotes: ToldNotes = new Set();
  const { grant, client, responseType, store } = intention;
  return [
    exchangeStep('discovery', [`   GET ${client.issuer}/.well-known/openid-configuration`]),
    ...(request ? browserSteps(request, intention, toldNotes) : deviceSteps(intention, toldNotes)),
    ...(grant === 'implicit' ? [] : [tokenStep(intention, toldNotes)]),
    grant === 'implicit' && responseType === 'token' ? userinfoStep(client) : checksStep(),
    {
      title: 'The session is kept',
      what: 'Only then is the browser told of success.',
      lines: [`   in the store: ${store}`],
    },
  ];
}

function browserSteps(request: AuthorizationRequest, intention: Intention, toldNotes: ToldNotes): readonly StoryStep[] {
  const { redirectUri, pushed, preflight, opensBrowser } = intention;
  const { par, authorize } = endpointAddresses(intention);
  return [
    listeningStep(`${redirectUri}${namedPort(redirectUri) === undefined ? ' (a free port is put in)' : ''}`, undefined),
    ...pkceSteps(request),
    ...(pushed ? [exchangeStep('pushed_authorization_request_endpoint', [`   POST ${par}`])] : []),
    ...(preflight && !pushed ? [exchangeStep('authorization_endpoint', [`   GET ${authorize}`])] : []),
    authorizationStep(request.url, toldNotes),
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

function deviceSteps({ client, wishes }: Intention, toldNotes: ToldNotes): readonly StoryStep[] {
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
      ...rows(Object.entries(form), parameterNotes, toldNotes),
    ]),
  ];
}

function tokenStep({ client, grant, redirectUri }: Intention, toldNotes: ToldNotes): StoryStep {
  const ofGrant =
    grant === 'device_code'
      ? { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: '' }
      : { grant_type: 'authorization_code', code: '', redirect_uri: redirectUri };
  const form = Object.entries({ ...ofGrant, code_verifier: '' });
  return exchangeStep('token_endpoint', [
    `   POST ${assumedEndpoints(client.issuer).token_endpoint}`,
    `   client authentication = ${client.authMethod}`,
    ...rows(form, parameterNotes, toldNotes),
  ]);
}

function checksStep(): StoryStep {
  return {
    title: 'The ID token is verified',
    what: 'All of it, whichever way it came; one check that fails ends the sign-in.',
    standard: 'OpenID Connect Core, section 3.1.3.7',
    lines: idTokenChecks.map(({ claim, standard }) => `   ${claim}: ${standard}.`),
    brief: [`   ${idTokenChecks.map(({ claim }) => claim).join(', ')}`],
  };
}

/** An access token alone says nothing that could be verified, so the server is asked whose it is. */
function userinfoStep({ issuer }: ClientSettings): StoryStep {
  return exchangeStep('userinfo_endpoint', [`   GET ${assumedEndpoints(issuer).userinfo_endpoint}`]);
}

function exchangeStep(endpoint: Endpoint, lines: readonly string[]): StoryStep {
  const { answer: _told, ...note }: ExchangeNote = exchangeNotes[endpoint];
  return { ...note, lines, brief: lines.slice(0, 1) };
}

function endpointAddresses({ client }: Intention) {
  const endpoints = assumedEndpoints(client.issuer);
  return { par: endpoints.pushed_authorization_request_endpoint, authorize: endpoints.authorization_endpoint };
}
