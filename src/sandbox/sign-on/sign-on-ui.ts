import type { Environment } from '../environment.ts';
import { platformError } from '../platform-error.ts';
import type { SandboxRequest } from '../request.ts';
import { redirect, type SandboxResponse } from '../response.ts';
import { resumeUrl, signOnUrl, stepPolicy } from './flow.ts';
import { errorPage, messagePage } from './page.ts';
import { nameMissing, passwordsDiffer, type RefusalWords, refusalWords } from './refusal-words.ts';
import { browserSession, openBrowserSession, sessionCookie } from './session-cookie.ts';
import { stepPage } from './step-pages.ts';
import {
  cancel,
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

/**
 * Answers `/{environmentId}/signon/?flowId=…` with the pages, which run no script; PingOne has them on another host
 * (docs/pingone.md, section 1).
 */
export function signOnUi(environment: Environment, request: SandboxRequest): SandboxResponse {
  const signOn = findSignOn(environment, request, request.url.searchParams.get('flowId'));
  if (!signOn) return errorPage(request, 'The sign-on flow is unknown or has expired');
  if (request.method === 'GET') return showStep(request, signOn, undefined);
  if (request.method !== 'POST') return platformError(request, 'methodNotAllowed');
  const form = request.form();
  const name = typed(form, 'action');
  const submit = Object.hasOwn(submits, name) ? submits[name] : undefined;
  const outcome = submit?.(signOn, form) ?? ({ kind: 'wrongStep' } as const);
  if ('summary' in outcome) return showStep(request, signOn, outcome);
  if (outcome.kind !== 'advanced')
    return showStep(request, signOn, refusalWords(outcome, stepPolicy(environment, signOn.flow)));
  // The page is asked for anew, so that going back or reloading sends no password again.
  const { notice } = outcome;
  return { ...redirect(request.url.href, sessionCookie(environment, signOn.session)), status: 303, notice };
}

type Submit = (signOn: SignOn, form: URLSearchParams) => StepOutcome | RefusalWords;

const typed = (form: URLSearchParams, name: string) => form.get(name) ?? '';

/** What a form does, by the value of the pressed button. */
const submits: Readonly<Record<string, Submit>> = {
  'usernamePassword.check': (signOn, form) =>
    checkUsernamePassword(signOn, typed(form, 'username'), typed(form, 'password')),
  'user.choose': (signOn, form) => {
    const chosen = signOn.environment.seed.users.find(({ username }) => username === form.get('user'));
    return checkUsernamePassword(signOn, chosen?.username ?? '', chosen?.password?.value ?? '');
  },
  'password.reset': (signOn, form) =>
    typed(form, 'newPassword') === typed(form, 'repeatedPassword')
      ? chooseNewPassword(signOn, typed(form, 'currentPassword'), typed(form, 'newPassword'))
      : passwordsDiffer,
  'password.forgot': (signOn, form) =>
    typed(form, 'username') === '' ? nameMissing : forgotPassword(signOn, typed(form, 'username')),
  'password.sendRecoveryCode': sendRecoveryCode,
  'password.recover': (signOn, form) =>
    typed(form, 'newPassword') === typed(form, 'repeatedPassword')
      ? recoverPassword(signOn, typed(form, 'recoveryCode'), typed(form, 'newPassword'))
      : passwordsDiffer,
  'deviceAuthGrant.userCode.verify': (signOn, form) => verifyUserCode(signOn, typed(form, 'userCode')),
  'deviceAuthGrant.consent': (signOn) => consent(signOn, true),
  cancel: (signOn) => cancel(signOn),
};

function showStep(request: SandboxRequest, signOn: SignOn, refusal: RefusalWords | undefined): SandboxResponse {
  const { environment, flow } = signOn;
  const { purpose, status } = flow;
  if (status === 'COMPLETED' || status === 'FAILED') {
    if (purpose.kind === 'authorization') return redirect(resumeUrl(environment, flow));
    return status === 'COMPLETED'
      ? messagePage('The device is signed in', 'Go back to it. You can close this tab.')
      : messagePage('You cancelled the sign-in', 'The device is not signed in. You can close this tab.');
  }
  const form = request.method === 'POST' ? request.form() : new URLSearchParams();
  return stepPage(status, {
    signOn,
    refusal,
    username: typed(form, 'username') || typed(form, 'user'),
    userCode: form.get('userCode') ?? (purpose.kind === 'device' ? purpose.typedCode : ''),
  });
}

/** Answers `/{environmentId}/device…`, where a person brings a user code (docs/pingone.md, section 4.5). */
export function devicePage(environment: Environment, request: SandboxRequest): SandboxResponse {
  if (request.method !== 'GET') return platformError(request, 'methodNotAllowed');
  const session = browserSession(environment, request) ?? openBrowserSession(environment, request);
  const flow = environment.flows.begin({
    purpose: { kind: 'device', typedCode: request.url.searchParams.get('user_code') ?? '', device: undefined },
    sessionId: session.id,
    status: 'DAG_USER_CODE_REQUIRED',
    bytes: request.url.href.length,
  });
  return redirect(signOnUrl(environment, flow), sessionCookie(environment, session));
}
