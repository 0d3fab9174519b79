import { randomState } from 'openid-client';
import { assumedClient, assumedEndpoints } from '../auth/assumed-client.ts';
import { type AuthorizationRequest, authorizationRequest } from '../auth/authorization-request.ts';
import { flowOf, type SignIn } from '../auth/sign-in.ts';
import { consolePlaces } from '../config/console-places.ts';
import type { Runtime } from '../runtime.ts';
import type { Step } from './note.ts';
import { parameterNotes } from './parameter-notes.ts';
import { type Intention, plannedSteps } from './planned-steps.ts';
import { sentence } from './rows.ts';

/** What `login` would do, step by step. Nothing is sent and nothing opened; the addresses are those of PingOne's layout. */
export async function dryRun(intention: Intention, runtime: Runtime) {
  const endpoints = assumedEndpoints(intention.client.issuer);
  const { grant } = intention;
  const request = grant === 'device_code' ? undefined : await requestOf({ ...intention, grant }, runtime);
  const steps = plannedSteps(intention, request);
  return {
    text: [
      'Nothing was sent and nothing opened. Discovery would tell the addresses; these are by PingOne’s layout.',
      ...steps.flatMap(({ title, lines, ...note }, index) => [
        '',
        `${index + 1}. ${title}`,
        `   ${sentence(note)}`,
        ...lines,
      ]),
    ].join('\n'),
    document: {
      schemaVersion: 1,
      dryRun: true,
      grant,
      issuer: intention.client.issuer,
      clientId: intention.client.clientId,
      assumedEndpoints: endpoints,
      ...(request ? { redirectUri: intention.redirectUri, pushed: intention.pushed } : {}),
      ...(request ? { authorizationUrl: request.url, parameters: parametersOf(request.url) } : {}),
      steps: steps.map(({ title, what, standard, place, lines }: Step) => ({
        ...{ title, purpose: what, lines: lines.map((line) => line.trim()) },
        ...(standard ? { standard } : {}),
        ...(place ? { console: consolePlaces[place] } : {}),
      })),
    },
  };
}

/** As it would be built, with secrets that are thrown away; pushed or not, the parameters are the same. */
async function requestOf(
  intention: Intention & Pick<SignIn, 'grant'>,
  runtime: Runtime,
): Promise<AuthorizationRequest> {
  const client = assumedClient(intention.client, runtime);
  const { parameters } = await flowOf({ ...intention, client });
  const { redirectUri, wishes } = intention;
  return authorizationRequest(client, wishes, parameters, {
    redirectUri: new URL(redirectUri).href,
    state: randomState(),
  });
}

function parametersOf(url: string) {
  return [...new URL(url).searchParams].map(([name, value]) => {
    const note = Object.hasOwn(parameterNotes, name) ? parameterNotes[name] : undefined;
    return {
      ...{ name, value },
      ...(note ? { purpose: note.what } : {}),
      ...(note?.standard ? { standard: note.standard } : {}),
      ...(note?.place ? { console: consolePlaces[note.place] } : {}),
    };
  });
}
