import { flagIn, type JsonObject, textIn } from '../../json.ts';
import type { Environment } from '../environment.ts';
import { jsonObjectSent } from '../management-api/api-request.ts';
import { passwordChangeRefused, passwordLockedOut, recoveryRefused } from '../management-api/password-errors.ts';
import { passwordPolicyResource } from '../management-api/password-policy.ts';
import { platformError, validationError } from '../platform-error.ts';
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
  startAgain,
  verifyUserCode,
} from './steps.ts';

/** Answers `GET` and `POST /{environmentId}/flows/{flowId}`, by which a program drives the sign-on. */
export function flowAction(environment: Environment, request: SandboxRequest, flowId: string): SandboxResponse {
  const signOn = findSignOn(environment, request, flowId);
  if (!signOn) return platformError(request, 'notFound');
  if (request.method === 'GET') return json(200, flowResource(environment, signOn.flow));
  if (request.method !== 'POST') return platformError(request, 'methodNotAllowed', [], { allow: 'GET, POST' });
  const type = mediaType(request);
  const action = Object.hasOwn(actions, type) ? actions[type] : undefined;
  if (!action) return platformError(request, 'unsupportedMediaType');
  const body = jsonObjectSent(request);
  if (!body) return platformError(request, 'invalidRequest');
  const missing = action.required.find((name) => !textIn(body, name));
  if (missing !== undefined) return validationError(request, missing, 'must not be empty');
  const outcome = action.take(signOn, body);
  if (outcome.kind !== 'advanced') return stepRefused(request, outcome);
  const { notice } = outcome;
  return { ...json(200, flowResource(environment, signOn.flow), sessionCookie(environment, signOn.session)), notice };
}

interface Action {
  /** The texts that the body must have. */
  readonly required: readonly string[];
  readonly take: (signOn: SignOn, body: JsonObject) => StepOutcome;
}

/** An action that takes texts, all of which must be there. */
function withTexts(required: readonly string[], take: (signOn: SignOn, ...texts: string[]) => StepOutcome): Action {
  return { required, take: (signOn, body) => take(signOn, ...required.map((name) => textIn(body, name) ?? '')) };
}

/** The actions by PingOne's names for them (docs/pingone.md, section 3). */
export const actionsByName: Readonly<Record<string, Action>> = {
  'usernamePassword.check+json': withTexts(['username', 'password'], checkUsernamePassword),
  'password.reset+json': withTexts(['currentPassword', 'newPassword'], chooseNewPassword),
  'password.forgot+json': withTexts(['username'], forgotPassword),
  'password.sendRecoveryCode': withTexts([], sendRecoveryCode),
  'password.sendRecoveryCode+json': withTexts([], sendRecoveryCode),
  'password.recover+json': withTexts(['recoveryCode', 'newPassword'], recoverPassword),
  'session.reset+json': withTexts([], startAgain),
  'deviceAuthGrant.userCode.verify+json': withTexts(['userCode'], verifyUserCode),
  'deviceAuthGrant.consent+json': {
    required: [],
    take: (signOn, body) => consent(signOn, flagIn(body, 'accept') === true),
  },
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

/** The names of the actions that can be taken where the flow stands: its links, all to the one address of the flow. */
const actionsAt: Readonly<Record<Flow['status'], readonly string[]>> = {
  USERNAME_PASSWORD_REQUIRED: ['usernamePassword.check', 'password.forgot'],
  MUST_CHANGE_PASSWORD: ['password.reset', 'session.reset'],
  PASSWORD_EXPIRED: ['password.reset', 'session.reset'],
  RECOVERY_CODE_REQUIRED: ['password.recover', 'password.sendRecoveryCode', 'session.reset'],
  DAG_USER_CODE_REQUIRED: ['deviceAuthGrant.userCode.verify'],
  DAG_CONSENT_REQUIRED: ['deviceAuthGrant.consent'],
  COMPLETED: [],
  FAILED: [],
};

/** Shows the flow as JSON (docs/pingone.md, section 3). */
export function flowResource(environment: Environment, flow: Flow): Readonly<Record<string, unknown>> {
  const { origin, seed } = environment;
  const user = flowUser(environment, flow);
  const application = applicationOf(flow);
  const policy = stepPolicy(environment, flow);
  const recovering = flow.status === 'RECOVERY_CODE_REQUIRED';
  const { given, family } = user?.attributes.name ?? {};
  const self = { href: `${origin}/${seed.environment.id}/flows/${flow.id}` };
  return {
    _links: Object.fromEntries(['self', ...actionsAt[flow.status]].map((name) => [name, self])),
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
      passwordPolicy: policy && passwordPolicyResource(environment, policy),
    },
  };
}
