import { signOnGrant } from '../authorization-server/sign-on-grant.ts';
import type { CodeSending, PasswordRecovery } from '../directory/recovery-codes.ts';
import type { PasswordChange } from '../directory/user-password.ts';
import type { DirectoryUser } from '../directory.ts';
import type { Environment } from '../environment.ts';
import type { SandboxRequest } from '../request.ts';
import type { SignOnSession } from '../sign-on-session.ts';
import { type Flow, flowUser } from './flow.ts';
import { browserSession } from './session-cookie.ts';

/**
 * A sign-on that goes on: its flow, and the browser's session. `session` is another one after another user has signed
 * on.
 */
export interface SignOn {
  readonly environment: Environment;
  readonly flow: Flow;
  session: SignOnSession;
}

/** Finds the sign-on that a request is about, if it is alive and was begun in the same browser. */
export function findSignOn(
  environment: Environment,
  request: SandboxRequest,
  flowId: string | null,
): SignOn | undefined {
  const flow = environment.flows.find(flowId);
  const session = browserSession(environment, request);
  return flow && session && flow.sessionId === session.id ? { environment, flow, session } : undefined;
}

/** What became of a step. JSON flow actions and HTML forms take the same steps, and word the outcome each in their way. */
export type StepOutcome =
  /** `notice` is for the log: what a mail would say. */
  | { readonly kind: 'advanced'; readonly notice?: string | undefined }
  | { readonly kind: 'invalidCredentials' | 'disabled' | 'unknownUserCode' }
  /** The step does not belong to where the flow stands. */
  | { readonly kind: 'wrongStep' }
  | { readonly kind: 'lockedOut'; readonly secondsUntilUnlock: number }
  | { readonly kind: 'accountLocked'; readonly secondsUntilUnlock: number | undefined }
  | { readonly kind: 'changeRefused'; readonly change: Exclude<PasswordChange, { readonly kind: 'changed' }> }
  | { readonly kind: 'recoveryRefused'; readonly recovery: RefusedRecovery };

type RefusedRecovery = Extract<PasswordRecovery, { readonly kind: 'wrongCode' | 'unmet' }>;

const advanced: StepOutcome = { kind: 'advanced' };
const wrongStep: StepOutcome = { kind: 'wrongStep' };

/** Takes a user name and a password, which lead to the end of the sign-on or to a new password. */
export function checkUsernamePassword(signOn: SignOn, username: string, password: string): StepOutcome {
  const { environment, flow } = signOn;
  if (flow.status !== 'USERNAME_PASSWORD_REQUIRED') return wrongStep;
  const verdict = environment.directory.checkPassword(username, password);
  switch (verdict.kind) {
    case 'invalid':
    case 'noPassword':
      return { kind: 'invalidCredentials' };
    case 'lockedOut':
    case 'accountLocked':
      return verdict;
    case 'disabled':
      return { kind: 'disabled' };
    case 'mustChange':
    case 'expired':
      flow.userId = verdict.user.id;
      flow.status = verdict.kind === 'expired' ? 'PASSWORD_EXPIRED' : 'MUST_CHANGE_PASSWORD';
      return advanced;
    // The sandbox plays the outside identity provider as well, and takes any password for it.
    case 'external':
    case 'ok':
      return complete(signOn, verdict.user);
    default:
      return verdict satisfies never;
  }
}

/** Takes the new password that an expired or temporary one asks for before the sign-on goes on. */
export function chooseNewPassword(signOn: SignOn, currentPassword: string, newPassword: string): StepOutcome {
  const { environment, flow } = signOn;
  const changing = flow.status === 'MUST_CHANGE_PASSWORD' || flow.status === 'PASSWORD_EXPIRED';
  const user = changing ? flowUser(environment, flow) : undefined;
  if (!user) return wrongStep;
  const change = environment.directory.changePassword(user.id, currentPassword, newPassword);
  return change.kind === 'changed' ? complete(signOn, user) : { kind: 'changeRefused', change };
}

/**
 * Begins the recovery of a forgotten password. It goes on in the same way for whom no code is sent, so that nobody learns
 * here which users there are; only the log says it.
 */
export function forgotPassword(signOn: SignOn, username: string): StepOutcome {
  const { environment, flow } = signOn;
  if (flow.status !== 'USERNAME_PASSWORD_REQUIRED') return wrongStep;
  flow.userId = environment.directory.findByUsername(username)?.id;
  flow.status = 'RECOVERY_CODE_REQUIRED';
  return sendRecoveryCode(signOn);
}

/** Sends a code, or another one. A locked-out user gets one too: recovery is their way back in. */
export function sendRecoveryCode({ environment, flow }: SignOn): StepOutcome {
  if (flow.status !== 'RECOVERY_CODE_REQUIRED') return wrongStep;
  const user = flowUser(environment, flow);
  if (!user) return { kind: 'advanced', notice: 'no recovery code: there is no such user' };
  const sending = environment.recoveryCodes.send(user);
  if (sending.kind === 'sent') return { kind: 'advanced', notice: sending.notice };
  return { kind: 'advanced', notice: `no recovery code for ${user.username}: ${unsentWords[sending.kind]}` };
}

const unsentWords: Readonly<Record<Exclude<CodeSending['kind'], 'sent'>, string>> = {
  external: 'the password is kept by another identity provider',
  disabled: 'the user is disabled',
  accountLocked: 'an administrator has locked the account',
  noPassword: 'the user has no password',
};

/** Takes a recovery code and a new password, which end the sign-on. */
export function recoverPassword(signOn: SignOn, recoveryCode: string, newPassword: string): StepOutcome {
  const { environment, flow } = signOn;
  if (flow.status !== 'RECOVERY_CODE_REQUIRED') return wrongStep;
  const user = flowUser(environment, flow);
  const outcome = user && environment.recoveryCodes.recover(user, recoveryCode, newPassword);
  if (user && outcome?.kind === 'recovered') return complete(signOn, user);
  const recovery: RefusedRecovery =
    outcome?.kind === 'unmet' ? outcome : { kind: 'wrongCode', attemptsRemaining: undefined };
  return { kind: 'recoveryRefused', recovery };
}

/** Starts the sign-on again, for whom it was begun with the wrong name. */
export function startAgain({ flow }: SignOn): StepOutcome {
  if (!resettable.has(flow.status)) return wrongStep;
  flow.status = 'USERNAME_PASSWORD_REQUIRED';
  flow.userId = undefined;
  return advanced;
}

const resettable: ReadonlySet<Flow['status']> = new Set<Flow['status']>([
  'USERNAME_PASSWORD_REQUIRED',
  'MUST_CHANGE_PASSWORD',
  'PASSWORD_EXPIRED',
  'RECOVERY_CODE_REQUIRED',
]);

/** Takes the code that the device shows; then the person signs on, if they have not yet, and is asked for consent. */
export function verifyUserCode(signOn: SignOn, userCode: string): StepOutcome {
  const { environment, flow, session } = signOn;
  if (flow.purpose.kind !== 'device' || flow.status !== 'DAG_USER_CODE_REQUIRED') return wrongStep;
  const device = environment.deviceCodes.byUserCode(userCode);
  if (!device) return { kind: 'unknownUserCode' };
  flow.purpose.device = device;
  flow.status = session.user ? 'DAG_CONSENT_REQUIRED' : 'USERNAME_PASSWORD_REQUIRED';
  flow.userId = session.user?.userId;
  return advanced;
}

/** Takes the person's consent, which a device always needs (docs/pingone.md, section 3). */
export function consent(signOn: SignOn, accept: boolean): StepOutcome {
  const { environment, flow, session } = signOn;
  if (flow.purpose.kind !== 'device' || flow.status !== 'DAG_CONSENT_REQUIRED') return wrongStep;
  const device = flow.purpose.device;
  if (device?.outcome.kind !== 'pending' || !session.user) return wrongStep;
  if (!accept) return cancel(signOn);
  const { application, granted } = device;
  device.outcome = {
    kind: 'granted',
    grant: signOnGrant(environment, { application, granted, nonce: undefined }, session),
  };
  flow.status = 'COMPLETED';
  return advanced;
}

/** Ends the sign-on. A device learns of it even when its code came with the address and was not yet confirmed. */
export function cancel({ environment, flow }: SignOn): StepOutcome {
  if (flow.status === 'COMPLETED') return wrongStep;
  flow.status = 'FAILED';
  if (flow.purpose.kind === 'device') {
    const device = flow.purpose.device ?? environment.deviceCodes.byUserCode(flow.purpose.typedCode);
    if (device?.outcome.kind === 'pending') device.outcome = { kind: 'denied' };
  }
  return advanced;
}

/** Signs the user on: the password was right, and nothing is left to ask for but a device's consent. */
function complete(signOn: SignOn, user: DirectoryUser): StepOutcome {
  const { environment, flow } = signOn;
  const { sessions } = environment;
  const { user: before, remoteAddress, userAgent } = signOn.session;
  // A session belongs to one user: another one gets a new `sid`, and leaves the tokens of the first alone.
  if (before && before.userId !== user.id) signOn.session = sessions.open({ remoteAddress, userAgent });
  const acr =
    flow.purpose.kind === 'authorization'
      ? flow.purpose.request.acr
      : (flow.purpose.device?.application.signOnPolicies[0] ?? 'Single_Factor');
  sessions.signOn(signOn.session, { userId: user.id, acr, amr: ['pwd'] });
  environment.directory.recordSignOn(user.id, remoteAddress);
  flow.sessionId = signOn.session.id;
  flow.userId = user.id;
  flow.status = flow.purpose.kind === 'device' ? 'DAG_CONSENT_REQUIRED' : 'COMPLETED';
  return advanced;
}
