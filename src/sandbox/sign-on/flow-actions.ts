import { flagIn, type JsonObject, textIn } from '../../json.ts';
import type { Environment } from '../environment.ts';
import { jsonObjectSent } from '../management-api/api-request.ts';
import { passwordChangeRefused, passwordLockedOut, recoveryRefused } from '../management-api/password-errors.ts';
import { platformError } from '../platform-error.ts';
import { mediaType, type SandboxRequest } from '../request.ts';
import { json, type SandboxResponse } from '../response.ts';
import { applicationOf, type Flow, flowUser, resumeUrl, stepPolicy } from './flow.ts';
import { sessionCookie } from './session-cookie.ts';
import {
  checkUsernamePassword,
  chooseNewPassword,
  consent,
  findSignOn,
  forgotPassword,
  recoverPassword,
  type SignOn,
  type StepOutcome,
  sendRecoveryCode,
  verifyUserCode,
} from './steps.ts';

/** Answers `GET` and `POST /{environmentId}/flows/{flowId}`, by which a program drives the sign-on. */
export function flowAction(environment: Environment, request: SandboxRequest, flowId: string): SandboxResponse {
  const signOn = findSignOn(environment, request, flowId);
  if (!signOn) return platformError(request, 'notFound');
  if (request.method === 'GET') return json(200, flowResource(environment, signOn.flow));
  if (request.method !== 'POST') return platformError(request, 'methodNotAllowed');
  const type = mediaType(request);
  const action = Object.hasOwn(actions, type) ? actions[type] : undefined;
  if (!action) return platformError(request, 'unsupportedMediaType');
  const body = jsonObjectSent(request);
  if (!body) return platformError(request, 'invalidRequest');
  const outcome = action(signOn, body);
  if (outcome.kind !== 'advanced') return stepRefused(request, outcome);
  const { notice } = outcome;
  return { ...json(200, flowResource(environment, signOn.flow), sessionCookie(environment, signOn.session)), notice };
}

type Action = (signOn: SignOn, body: JsonObject) => StepOutcome;

const sent = (body: JsonObject, name: string) => textIn(body, name) ?? '';

/** The actions by PingOne's names for them (docs/pingone.md, section 3). */
export const actionsByName: Readonly<Record<string, Action>> = {
  'usernamePassword.check+json': (signOn, body) =>
    checkUsernamePassword(signOn, sent(body, 'username'), sent(body, 'password')),
  'password.reset+json': (signOn, body) =>
    chooseNewPassword(signOn, sent(body, 'currentPassword'), sent(body, 'newPassword')),
  'password.forgot+json': (signOn, body) => forgotPassword(signOn, sent(body, 'username')),
  'password.sendRecoveryCode': sendRecoveryCode,
  'password.sendRecoveryCode+json': sendRecoveryCode,
  'password.recover+json': (signOn, body) =>
    recoverPassword(signOn, sent(body, 'recoveryCode'), sent(body, 'newPassword')),
  'deviceAuthGrant.userCode.verify+json': (signOn, body) => verifyUserCode(signOn, sent(body, 'userCode')),
  'deviceAuthGrant.consent+json': (signOn, body) => consent(signOn, flagIn(body, 'accept') === true),
};

/** By media type, in lower case: RFC 9110, section 8.3.1, does not tell cases apart. */
const actions: Readonly<Record<string, Action>> = Object.fromEntries(
  Object.entries(actionsByName).map(([name, action]) => [`application/vnd.pingidentity.${name}`.toLowerCase(), action]),
);

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
    case 'recoveryRefused':
      return recoveryRefused(request, outcome.recovery);
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
  const application = applicationOf(flow);
  const recovering = flow.status === 'RECOVERY_CODE_REQUIRED';
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
      // Whoever forgot their password has proved nothing yet: neither who they are nor that there is such a user is told.
      user: recovering || !user ? undefined : { id: user.id, username: user.username, name: { given, family } },
      application: application && { name: application.name },
      passwordPolicy: stepPolicy(environment, flow),
    },
  };
}
