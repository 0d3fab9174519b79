import { safeText } from '../../output/safe-text.ts';
import type { DirectoryUser } from '../directory.ts';
import type { Environment } from '../environment.ts';
import type { SandboxResponse } from '../response.ts';
import { ownUsersFirst, type SeedUser } from '../seed/users.ts';
import { applicationOf, type Flow, flowUser, stepPolicy } from './flow.ts';
import { type Markup, markup } from './markup.ts';
import { page } from './page.ts';
import { policyWords } from './policy-words.ts';
import type { RefusalWords } from './refusal-words.ts';
import type { SignOn } from './steps.ts';

/** Makes the page that asks for what the sign-on waits for. */
export function stepPage(status: WaitingStatus, view: StepView): SandboxResponse {
  return pages[status](view);
}

/** What a page is made of: where the sign-on stands, what was refused, and what was typed that may be shown again. */
interface StepView {
  readonly signOn: SignOn;
  readonly refusal: RefusalWords | undefined;
  readonly username: string;
  readonly userCode: string;
}

type WaitingStatus = Exclude<Flow['status'], 'COMPLETED' | 'FAILED'>;

const pages: Readonly<Record<WaitingStatus, (view: StepView) => SandboxResponse>> = {
  USERNAME_PASSWORD_REQUIRED: signInPage,
  MUST_CHANGE_PASSWORD: (view) =>
    newPasswordPage(view, 'Your password was set for you. Choose one that only you know.'),
  PASSWORD_EXPIRED: (view) => newPasswordPage(view, 'Your password has expired. Choose a new one to continue.'),
  RECOVERY_CODE_REQUIRED: recoveryPage,
  DAG_USER_CODE_REQUIRED: userCodePage,
  DAG_CONSENT_REQUIRED: consentPage,
};

function signInPage(view: StepView): SandboxResponse {
  const { environment, flow } = view.signOn;
  const hint = flow.purpose.kind === 'authorization' ? (flow.purpose.request.loginHint ?? '') : '';
  const username = view.username || hint;
  return formPage(view, {
    title: 'Sign in',
    lead: markup`to continue to <b>${applicationName(flow)}</b>`,
    fields: markup`<label>User name
<input name="username" value="${username}" autocomplete="username" autocapitalize="none" spellcheck="false" required${invalid(view, 'username')}${focus(!username)}></label>
<label>Password
<input name="password" type="password" autocomplete="current-password" required${invalid(view, 'password')}${focus(username !== '')}></label>`,
    action: { name: 'usernamePassword.check', label: 'Sign in' },
    others: [{ name: 'password.forgot', label: 'Forgot password?' }],
    aside: usersToClick(environment),
  });
}

function newPasswordPage(view: StepView, lead: string): SandboxResponse {
  const { environment, flow } = view.signOn;
  const user = flowUser(environment, flow);
  return formPage(view, {
    title: 'Choose a new password',
    lead: markup`${lead}`,
    fields: markup`<input type="hidden" name="username" value="${user?.username}" autocomplete="username">
<label>Current password
<input name="currentPassword" type="password" autocomplete="current-password" required${invalid(view, 'currentPassword')}${focus(true)}></label>
${newPasswordFields(view)}`,
    action: { name: 'password.reset', label: 'Change password and continue' },
  });
}

/** The password twice, and below it the rules that it must meet. */
function newPasswordFields(view: StepView): Markup {
  const { environment, flow } = view.signOn;
  const policy = stepPolicy(environment, flow);
  const rules = policy ? policyWords(policy) : [];
  return markup`<label>New password
<input name="newPassword" type="password" autocomplete="new-password" aria-describedby="rules" required${invalid(view, 'newPassword')}></label>
<label>New password again
<input name="repeatedPassword" type="password" autocomplete="new-password" required${invalid(view, 'repeatedPassword')}></label>
<ul class="rules" id="rules" aria-label="Rules for the new password">${rules.map((rule) => markup`<li>${rule}</li>`)}</ul>`;
}

/** Says the same for every name. The code itself is in the log alone, where a mail would be. */
function recoveryPage(view: StepView): SandboxResponse {
  return formPage(view, {
    title: 'Choose a new password',
    lead: markup`If there is such a user, a recovery code is in the sandbox’s log, where PingOne would send a mail.`,
    fields: markup`<label>Recovery code
<input class="code" name="recoveryCode" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" maxlength="12" required${invalid(view, 'recoveryCode')}${focus(true)}></label>
${newPasswordFields(view)}`,
    action: { name: 'password.recover', label: 'Change password and continue' },
    others: [{ name: 'password.sendRecoveryCode', label: 'Send another code' }],
  });
}

function userCodePage(view: StepView): SandboxResponse {
  return formPage(view, {
    title: 'Connect a device',
    lead: markup`Enter the code that your device or terminal shows.`,
    fields: markup`<label>Code
<input class="code" name="userCode" value="${view.userCode}" autocomplete="off" autocapitalize="characters" spellcheck="false" placeholder="XXXX-XXXX" maxlength="12" required${invalid(view, 'userCode')}${focus(true)}></label>`,
    action: { name: 'deviceAuthGrant.userCode.verify', label: 'Continue' },
  });
}

function consentPage(view: StepView): SandboxResponse {
  const { environment, flow } = view.signOn;
  const device = flow.purpose.kind === 'device' ? flow.purpose.device : undefined;
  const user = flowUser(environment, flow);
  return formPage(view, {
    title: 'Allow this device?',
    lead: markup`<b>${applicationName(flow)}</b> on the device that shows <code>${device?.userCode}</code> will act as <b>${user?.username}</b>.
Allow it only if you started this yourself: with a code that somebody sent you, they get in, not you.`,
    fields: markup`<ul class="scopes" aria-label="Scopes">${device?.granted.scopes.map((scope) => markup`<li>${scope}</li>`)}</ul>`,
    action: { name: 'deviceAuthGrant.consent', label: 'Allow' },
  });
}

interface StepButton {
  readonly name: string;
  readonly label: string;
}

interface StepForm {
  readonly title: string;
  readonly lead: Markup;
  readonly fields: Markup;
  readonly action: StepButton;
  /** What else can be done here; nothing has to be filled in for it. */
  readonly others?: readonly StepButton[];
  readonly aside?: Markup | undefined;
}

/** Makes a page with a form of one action and a way out. Enter presses the first button, so the action comes first. */
function formPage(
  { signOn, refusal }: StepView,
  { title, lead, fields, action, others = [], aside }: StepForm,
): SandboxResponse {
  const { purpose } = signOn.flow;
  return page({
    status: refusal ? 400 : 200,
    title: refusal ? `Error: ${title}` : title,
    card: markup`<h1>${title}</h1>
<p class="lead">${lead}</p>
${refusal && alert(refusal)}
<form method="post">
${fields}
<div class="actions"><button class="primary" name="action" value="${action.name}">${action.label}</button>
${[...others, cancelButton].map(quietButton)}</div>
</form>`,
    aside,
    formTarget: purpose.kind === 'authorization' ? purpose.request.redirectUri : undefined,
  });
}

const cancelButton: StepButton = { name: 'cancel', label: 'Cancel' };

function quietButton({ name, label }: StepButton): Markup {
  return markup`<button class="quiet" name="action" value="${name}" formnovalidate>${label}</button>`;
}

function alert({ summary, points }: RefusalWords): Markup {
  const list = points.length > 0 && markup`<ul>${points.map((point) => markup`<li>${point}</li>`)}</ul>`;
  return markup`<div class="alert" role="alert" id="refusal"><b>${summary}</b>${list}</div>`;
}

function invalid({ refusal }: StepView, field: string): Markup | undefined {
  if (!refusal?.fields.includes(field)) return undefined;
  return markup` aria-invalid="true" aria-errormessage="refusal"`;
}

function focus(here: boolean): Markup | undefined {
  return here ? markup` autofocus` : undefined;
}

function applicationName(flow: Flow): string {
  return applicationOf(flow)?.name ?? 'an application';
}

/**
 * Shows who there is to sign in as, with passwords: this is a sandbox, and its users are made up. Their forms have no field
 * of the names that scripts fill in on PingOne's page.
 */
function usersToClick({ seed, directory }: Environment): Markup {
  // Through the API, a user may have been deleted or have got another name.
  const present = ownUsersFirst(seed.users).filter(({ id, username }) => directory.find(id)?.username === username);
  return markup`<section class="users" aria-labelledby="users">
<h2 id="users">Users of this sandbox</h2>
<p>Click one to sign in.</p>
<ul>${present.map((user) => markup`<li>${userToClick(user, directory.find(user.id))}</li>`)}</ul>
</section>`;
}

/** A password that was changed since is known to the person alone, and must be typed. */
function userToClick({ username, password, identityProvider, note }: SeedUser, now: DirectoryUser | undefined): Markup {
  const who = markup`<b>${safeText(username)}</b> <span>${note}</span>`;
  if (!now?.password.isSeeded) return markup`<p>${who}</p><p class="password">password changed</p>`;
  return markup`<form method="post"><input type="hidden" name="user" value="${username}">
<button name="action" value="user.choose">${who}</button></form>
${passwordOf(password?.value, identityProvider !== undefined)}`;
}

function passwordOf(password: string | undefined, external: boolean): Markup {
  if (password !== undefined) return markup`<p class="password"><code>${password}</code></p>`;
  return external ? markup`<p class="password">any password</p>` : markup`<p class="password">no password</p>`;
}
