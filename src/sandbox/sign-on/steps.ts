import { userGrant } from '../authorization-server/user-grant.ts';
import type { PasswordChange } from '../directory/credential.ts';
import type { DirectoryUser } from '../directory.ts';
import type { Environment } from '../environment.ts';
import { cookie, type SandboxRequest } from '../request.ts';
import type { SignOnSession } from '../sign-on-session.ts';
import type { Flow } from './flow.ts';

/** What became of one step of a sign-on. JSON flow actions and HTML forms take the same steps and word this each in their way. */
export type StepOutcome =
  | { readonly kind: 'advanced' | 'invalidCredentials' | 'disabled' | 'unknownUserCode' }
  /** The step does not belong to where the flow stands. */
  | { readonly kind: 'outOfTurn' }
  | { readonly kind: 'lockedOut'; readonly secondsUntilUnlock: number }
  | { readonly kind: 'changeRefused'; readonly change: Exclude<PasswordChange, { readonly kind: 'changed' }> };

/** A sign-on, its browser and the place. `session` is another one after another user has signed on. */
export interface Turn {
  readonly environment: Environment;
  readonly flow: Flow;
  session: SignOnSession;
}

const advanced: StepOutcome = { kind: 'advanced' };
const outOfTurn: StepOutcome = { kind: 'outOfTurn' };

export function checkUsernamePassword(turn: Turn, username: string, password: string): StepOutcome {
  const { environment, flow } = turn;
  if (flow.status !== 'USERNAME_PASSWORD_REQUIRED') return outOfTurn;
  const verdict = environment.directory.checkPassword(username, password);
  switch (verdict.kind) {
    case 'invalid':
    case 'noPassword':
      return { kind: 'invalidCredentials' };
    case 'lockedOut':
      return verdict;
    case 'disabled':
      return { kind: 'disabled' };
    case 'mustChange':
    case 'expired':
      flow.userId = verdict.user.id;
      flow.status = verdict.kind === 'expired' ? 'PASSWORD_EXPIRED' : 'MUST_CHANGE_PASSWORD';
      return advanced;
    // The sandbox stands in for the outside identity provider as well, and takes any password for it.
    case 'external':
    case 'ok':
      return signOn(turn, verdict.user);
    default:
      return verdict satisfies never;
  }
}

/** The change that an expired or temporary password asks for before the sign-on goes on. */
export function changePassword(turn: Turn, currentPassword: string, newPassword: string): StepOutcome {
  const { environment, flow } = turn;
  const changing = flow.status === 'MUST_CHANGE_PASSWORD' || flow.status === 'PASSWORD_EXPIRED';
  const user = changing && flow.userId !== undefined ? environment.directory.find(flow.userId) : undefined;
  if (!user) return outOfTurn;
  const change = environment.directory.changePassword(user.id, currentPassword, newPassword);
  return change.kind === 'changed' ? signOn(turn, user) : { kind: 'changeRefused', change };
}

/** The code that the device shows; then the person signs on, if they have not yet, and is asked for consent. */
export function verifyUserCode(turn: Turn, userCode: string): StepOutcome {
  const { environment, flow, session } = turn;
  if (flow.purpose.kind !== 'device' || flow.status !== 'DAG_USER_CODE_REQUIRED') return outOfTurn;
  const grant = environment.deviceCodes.byUserCode(userCode);
  if (!grant) return { kind: 'unknownUserCode' };
  flow.purpose.grant = grant;
  flow.status = session.user ? 'DAG_CONSENT_REQUIRED' : 'USERNAME_PASSWORD_REQUIRED';
  flow.userId = session.user?.userId;
  return advanced;
}

/** A device always needs the person's consent (docs/pingone.md, section 3). */
export function consent(turn: Turn, accept: boolean): StepOutcome {
  const { environment, flow, session } = turn;
  if (flow.purpose.kind !== 'device' || flow.status !== 'DAG_CONSENT_REQUIRED') return outOfTurn;
  const device = flow.purpose.grant;
  if (device?.outcome.kind !== 'pending' || !session.user) return outOfTurn;
  if (!accept) return cancel(turn);
  const { application, granted } = device;
  device.outcome = {
    kind: 'granted',
    grant: userGrant(environment, { application, granted, nonce: undefined }, session),
  };
  flow.status = 'COMPLETED';
  return advanced;
}

/** A device is told, also when its code came with the address and was not yet confirmed. */
export function cancel({ environment, flow }: Turn): StepOutcome {
  if (flow.status === 'COMPLETED') return outOfTurn;
  flow.status = 'FAILED';
  if (flow.purpose.kind === 'device') {
    const grant = flow.purpose.grant ?? environment.deviceCodes.byUserCode(flow.purpose.typedCode);
    if (grant?.outcome.kind === 'pending') grant.outcome = { kind: 'denied' };
  }
  return advanced;
}

function signOn(turn: Turn, user: DirectoryUser): StepOutcome {
  const { environment, flow } = turn;
  const { sessions } = environment;
  const { user: before, remoteAddress, userAgent } = turn.session;
  // A session belongs to one user: another one gets a new `sid`, and leaves the tokens of the first alone.
  if (before && before.userId !== user.id) turn.session = sessions.open({ remoteAddress, userAgent });
  const acr = flow.purpose.kind === 'authorization' ? flow.purpose.request.acr : 'Single_Factor';
  sessions.signOn(turn.session, { userId: user.id, acr, amr: ['pwd'] });
  environment.directory.recordSignOn(user.id, remoteAddress);
  flow.sessionId = turn.session.id;
  flow.userId = user.id;
  flow.status = flow.purpose.kind === 'device' ? 'DAG_CONSENT_REQUIRED' : 'COMPLETED';
  return advanced;
}

/** The flow that a request is about, if it is alive and was begun in the same browser. */
export function turnOf(environment: Environment, request: SandboxRequest, flowId: string | null): Turn | undefined {
  const flow = environment.flows.find(flowId);
  const session = environment.sessions.byCookie(cookie(request, 'ST'));
  return flow && session && flow.sessionId === session.id ? { environment, flow, session } : undefined;
}
