import type { Environment } from '../environment.ts';
import { passwordChangeRefused, passwordLockedOut } from '../management-api/password-errors.ts';
import { platformError } from '../platform-error.ts';
import { mediaType, type SandboxRequest } from '../request.ts';
import { json, type SandboxResponse } from '../response.ts';
import type { Flow } from './flow.ts';
import { sessionCookie } from './session-cookie.ts';
import {
  changePassword,
  checkUsernamePassword,
  consent,
  type StepOutcome,
  type Turn,
  turnOf,
  verifyUserCode,
} from './steps.ts';

type Body = Readonly<Record<string, unknown>>;

const text = (value: unknown) => (typeof value === 'string' ? value : '');

/** The actions, by what comes between `application/vnd.pingidentity.` and `+json` (docs/pingone.md, section 3). */
const actions: Readonly<Record<string, (turn: Turn, body: Body) => StepOutcome>> = {
  'usernamepassword.check': (turn, body) => checkUsernamePassword(turn, text(body['username']), text(body['password'])),
  'password.reset': (turn, body) => changePassword(turn, text(body['currentPassword']), text(body['newPassword'])),
  'deviceauthgrant.usercode.verify': (turn, body) => verifyUserCode(turn, text(body['userCode'])),
  'deviceauthgrant.consent': (turn, body) => consent(turn, body['accept'] === true),
};

/** `GET` and `POST /{environmentId}/flows/{flowId}`: the sign-on as a program drives it. */
export function flowAction(environment: Environment, request: SandboxRequest, flowId: string): SandboxResponse {
  const turn = turnOf(environment, request, flowId);
  if (!turn) return platformError(request, 'notFound');
  if (request.method === 'GET') return json(200, flowResource(environment, turn.flow));
  if (request.method !== 'POST') return platformError(request, 'methodNotAllowed');
  const [, name = ''] = /^application\/vnd\.pingidentity\.(.+)\+json$/.exec(mediaType(request)) ?? [];
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action) return platformError(request, 'unsupportedMediaType');
  const body = request.json();
  if (typeof body !== 'object' || body === null) return platformError(request, 'invalidRequest');
  const outcome = action(turn, body as Body);
  if (outcome.kind !== 'advanced') return refused(request, outcome);
  return json(200, flowResource(environment, turn.flow), sessionCookie(environment, turn.session));
}

function refused(request: SandboxRequest, outcome: StepOutcome): SandboxResponse {
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
    case 'outOfTurn':
    case 'advanced':
      return platformError(request, 'requestFailed');
    default:
      return outcome satisfies never;
  }
}

/** The flow as JSON (docs/pingone.md, section 3). */
export function flowResource(environment: Environment, flow: Flow): Readonly<Record<string, unknown>> {
  const { origin, issuer, seed, directory } = environment;
  const user = flow.userId === undefined ? undefined : directory.find(flow.userId);
  const changing = flow.status === 'MUST_CHANGE_PASSWORD' || flow.status === 'PASSWORD_EXPIRED';
  const { purpose } = flow;
  const application = purpose.kind === 'authorization' ? purpose.request.application : purpose.grant?.application;
  const { given, family } = user?.attributes.name ?? {};
  return {
    _links: { self: { href: `${origin}/${seed.environment.id}/flows/${flow.id}` } },
    id: flow.id,
    session: { id: flow.sessionId },
    resumeUrl: `${issuer}/resume?flowId=${flow.id}`,
    status: flow.status,
    createdAt: new Date(flow.createdAt).toISOString(),
    expiresAt: new Date(flow.expiresAt).toISOString(),
    _embedded: {
      ...(user ? { user: { id: user.id, username: user.username, name: { given, family } } } : {}),
      ...(application ? { application: { name: application.name } } : {}),
      ...(user && changing ? { passwordPolicy: user.credential.policy } : {}),
    },
  };
}
