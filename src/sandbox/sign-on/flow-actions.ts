import { flagIn, isJsonObject, type JsonObject, textIn } from '../../json.ts';
import type { Environment } from '../environment.ts';
import { passwordChangeRefused, passwordLockedOut } from '../management-api/password-errors.ts';
import { platformError } from '../platform-error.ts';
import { mediaType, type SandboxRequest } from '../request.ts';
import { json, type SandboxResponse } from '../response.ts';
import { applicationOf, type Flow, flowUser, resumeUrl } from './flow.ts';
import { sessionCookie } from './session-cookie.ts';
import {
  checkUsernamePassword,
  chooseNewPassword,
  consent,
  findSignOn,
  type SignOn,
  type StepOutcome,
  verifyUserCode,
} from './steps.ts';

/** Answers `GET` and `POST /{environmentId}/flows/{flowId}`, by which a program drives the sign-on. */
export function flowAction(environment: Environment, request: SandboxRequest, flowId: string): SandboxResponse {
  const signOn = findSignOn(environment, request, flowId);
  if (!signOn) return platformError(request, 'notFound');
  if (request.method === 'GET') return json(200, flowResource(environment, signOn.flow));
  if (request.method !== 'POST') return platformError(request, 'methodNotAllowed');
  const [, name = ''] = /^application\/vnd\.pingidentity\.(.+)\+json$/.exec(mediaType(request)) ?? [];
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action) return platformError(request, 'unsupportedMediaType');
  const body = request.json();
  if (!isJsonObject(body)) return platformError(request, 'invalidRequest');
  const outcome = action(signOn, body);
  if (outcome.kind !== 'advanced') return stepRefused(request, outcome);
  return json(200, flowResource(environment, signOn.flow), sessionCookie(environment, signOn.session));
}

/** The actions by what comes between `application/vnd.pingidentity.` and `+json` (docs/pingone.md, section 3). */
const actions: Readonly<Record<string, (signOn: SignOn, body: JsonObject) => StepOutcome>> = {
  'usernamepassword.check': (signOn, body) =>
    checkUsernamePassword(signOn, textIn(body, 'username') ?? '', textIn(body, 'password') ?? ''),
  'password.reset': (signOn, body) =>
    chooseNewPassword(signOn, textIn(body, 'currentPassword') ?? '', textIn(body, 'newPassword') ?? ''),
  'deviceauthgrant.usercode.verify': (signOn, body) => verifyUserCode(signOn, textIn(body, 'userCode') ?? ''),
  'deviceauthgrant.consent': (signOn, body) => consent(signOn, flagIn(body, 'accept') === true),
};

function stepRefused(request: SandboxRequest, outcome: StepOutcome): SandboxResponse {
  switch (outcome.kind) {
    case 'invalidCredentials':
      return platformError(request, 'invalidData', [
        { code: 'INVALID_CREDENTIALS', message: 'The provided credentials are invalid' },
      ]);
    case 'lockedOut':
      return passwordLockedOut(request, outcome.secondsUntilUnlock);
    case 'disabled':
      return platformError(request, 'requestFailed', [{ code: 'USER_DISABLED', message: 'The user is disabled' }]);
    case 'unknownUserCode':
      return platformError(request, 'invalidData', [
        { code: 'INVALID_VALUE', target: 'userCode', message: 'The user code is invalid or has expired' },
      ]);
    case 'changeRefused':
      return passwordChangeRefused(request, outcome.change);
    case 'wrongStep':
    case 'advanced':
      return platformError(request, 'requestFailed');
    default:
      return outcome satisfies never;
  }
}

/** Shows the flow as JSON (docs/pingone.md, section 3). */
export function flowResource(environment: Environment, flow: Flow): Readonly<Record<string, unknown>> {
  const { origin, seed } = environment;
  const user = flowUser(environment, flow);
  const changing = flow.status === 'MUST_CHANGE_PASSWORD' || flow.status === 'PASSWORD_EXPIRED';
  const application = applicationOf(flow);
  const { given, family } = user?.attributes.name ?? {};
  return {
    _links: { self: { href: `${origin}/${seed.environment.id}/flows/${flow.id}` } },
    id: flow.id,
    session: { id: flow.sessionId },
    resumeUrl: resumeUrl(environment, flow),
    status: flow.status,
    createdAt: new Date(flow.createdAt).toISOString(),
    expiresAt: new Date(flow.expiresAt).toISOString(),
    _embedded: {
      user: user && { id: user.id, username: user.username, name: { given, family } },
      application: application && { name: application.name },
      passwordPolicy: changing ? user?.password.policy : undefined,
    },
  };
}
