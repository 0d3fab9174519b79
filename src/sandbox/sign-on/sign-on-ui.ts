import type { Environment } from '../environment.ts';
import { platformError } from '../platform-error.ts';
import { cookie, type SandboxRequest } from '../request.ts';
import { redirect, type SandboxResponse } from '../response.ts';
import type { PasswordPolicy } from '../seed/password-policy.ts';
import { messagePage, refusalPage } from './page.ts';
import { passwordsDiffer, type RefusalWords, refusalWords } from './refusal-words.ts';
import { sessionCookie } from './session-cookie.ts';
import { stepPage } from './step-pages.ts';
import {
  cancel,
  changePassword,
  checkUsernamePassword,
  consent,
  type StepOutcome,
  type Turn,
  turnOf,
  verifyUserCode,
} from './steps.ts';

type Submit = (turn: Turn, form: URLSearchParams) => StepOutcome | RefusalWords;

const typed = (form: URLSearchParams, name: string) => form.get(name) ?? '';

/** By the value of the pressed button. */
const submits: Readonly<Record<string, Submit>> = {
  'usernamePassword.check': (turn, form) =>
    checkUsernamePassword(turn, typed(form, 'username'), typed(form, 'password')),
  'password.reset': (turn, form) =>
    typed(form, 'newPassword') === typed(form, 'repeatedPassword')
      ? changePassword(turn, typed(form, 'currentPassword'), typed(form, 'newPassword'))
      : passwordsDiffer,
  'deviceAuthGrant.userCode.verify': (turn, form) => verifyUserCode(turn, typed(form, 'userCode')),
  'deviceAuthGrant.consent': (turn) => consent(turn, true),
  cancel: (turn) => cancel(turn),
};

/**
 * `/{environmentId}/signon/?flowId=…`: the pages, which run no script; PingOne has them on another host
 * (docs/pingone.md, section 1).
 */
export function signOnUi(environment: Environment, request: SandboxRequest): SandboxResponse {
  const turn = turnOf(environment, request, request.url.searchParams.get('flowId'));
  if (!turn) return refusalPage(request, 'The sign-on flow is unknown or has expired');
  if (request.method === 'GET') return present(request, turn, undefined);
  if (request.method !== 'POST') return platformError(request, 'methodNotAllowed');
  const form = request.form();
  const name = typed(form, 'action');
  const submit = Object.hasOwn(submits, name) ? submits[name] : undefined;
  const outcome = submit?.(turn, form) ?? ({ kind: 'outOfTurn' } as const);
  if ('summary' in outcome) return present(request, turn, outcome);
  if (outcome.kind !== 'advanced') return present(request, turn, refusalWords(outcome, policyOf(turn)));
  // Asked for anew, so that going back or reloading sends no password again.
  return { ...redirect(request.url.href, sessionCookie(environment, turn.session)), status: 303 };
}

/** `/{environmentId}/device…`: where a person brings a user code (docs/pingone.md, section 4.5). */
export function devicePage(environment: Environment, request: SandboxRequest): SandboxResponse {
  if (request.method !== 'GET') return platformError(request, 'methodNotAllowed');
  const session =
    environment.sessions.byCookie(cookie(request, 'ST')) ??
    environment.sessions.open({
      remoteAddress: request.remoteAddress,
      userAgent: request.headers['user-agent'] ?? '',
    });
  const flow = environment.flows.begin({
    purpose: { kind: 'device', typedCode: request.url.searchParams.get('user_code') ?? '', grant: undefined },
    sessionId: session.id,
    status: 'DAG_USER_CODE_REQUIRED',
  });
  const { origin, seed } = environment;
  return redirect(`${origin}/${seed.environment.id}/signon/?flowId=${flow.id}`, sessionCookie(environment, session));
}

function policyOf({ environment, flow }: Turn): PasswordPolicy | undefined {
  return flow.userId === undefined ? undefined : environment.directory.find(flow.userId)?.credential.policy;
}

function present(request: SandboxRequest, turn: Turn, refusal: RefusalWords | undefined): SandboxResponse {
  const { environment, flow } = turn;
  const { purpose, status } = flow;
  if (status === 'COMPLETED' || status === 'FAILED') {
    if (purpose.kind === 'authorization') return redirect(`${environment.issuer}/resume?flowId=${flow.id}`);
    return status === 'COMPLETED'
      ? messagePage('The device is signed in', 'Go back to it: it goes on by itself. You can close this window.')
      : messagePage('The device was not let in', 'Nothing was given to it. You can close this window.');
  }
  const form = request.method === 'POST' ? request.form() : new URLSearchParams();
  return stepPage(status, {
    turn,
    refusal,
    username: typed(form, 'username'),
    userCode: form.get('userCode') ?? (purpose.kind === 'device' ? purpose.typedCode : ''),
  });
}
