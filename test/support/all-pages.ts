import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Refusal, refusalStatus } from '../../src/loopback/callback.ts';
import type * as resultPages from '../../src/loopback/pages.ts';
import { type Outcome, outcomePage, plainHttpPage, refusalPage, relayPage } from '../../src/loopback/pages.ts';
import { createEnvironment } from '../../src/sandbox/environment.ts';
import { defaultSeed } from '../../src/sandbox/seed.ts';
import type { Flow, ValidAuthorizationRequest } from '../../src/sandbox/sign-on/flow.ts';
import { errorPage, formPostPage, messagePage, notFoundPage } from '../../src/sandbox/sign-on/page.ts';
import { nameMissing, passwordsDiffer, refusalWords } from '../../src/sandbox/sign-on/refusal-words.ts';
import { stepPage } from '../../src/sandbox/sign-on/step-pages.ts';
import type { SignOn, StepOutcome } from '../../src/sandbox/sign-on/steps.ts';
import { adviceFor } from '../../src/sandbox/sign-on/unregistered-uri.ts';
import { createSigningKeys } from '../../src/sandbox/signing-keys.ts';

// Every page of the program in every state. New ones are not forgotten: the tables are made for the types of the code, and
// words that only stand in a call are read from the source.

/** Pages by name, each as the browser gets it. */
type Pages = Readonly<Record<string, string>>;

/** One of each kind that a union has. */
type OneOfEach<Union extends { readonly kind: string }> = {
  readonly [Kind in Union['kind']]: Extract<Union, { readonly kind: Kind }>;
};

const clientId = 'c0000000-0000-4000-8000-000000000001';

const outcomes: OneOfEach<Outcome> = {
  success: {
    kind: 'success',
    person: 'Ada King Lovelace (ada@example.com)',
    facts: [
      { label: 'Client ID', value: clientId },
      { label: 'Environment ID', value: defaultSeed.environment.id },
    ],
    next: [
      { command: 'ping14c -P work whoami', does: 'see who you are' },
      { command: 'ping14c -P work passwd', does: 'change your password' },
      { command: 'ping14c -P work login --switch-user', does: 'if this is not you' },
    ],
  },
  signedOff: { kind: 'signedOff' },
  denied: {
    kind: 'denied',
    message: 'You cancelled the sign-in, or PingOne refused it.',
    hint: 'Run "ping14c login" to try again.',
  },
  failure: { kind: 'failure', message: 'The session could not be kept.', hint: 'Unlock the keychain.' },
};

/** What makes the listener's pages. */
type PageMaker = Extract<keyof typeof resultPages, `${string}Page`>;

const listenerPages: Readonly<Record<PageMaker, Pages>> = {
  outcomePage: mapped(outcomes, (outcome) => outcomePage(outcome).html),
  refusalPage: mapped(refusalStatus, (_status, reason) => refusalPage(reason as Refusal, 'Run "ping14c login".').html),
  plainHttpPage: { plainHttpPage: plainHttpPage('https://127.0.0.1:40123/callback').html },
  relayPage: {
    'relay of nothing': relayPage().html,
    // The script would go on at once. What is for browsers without scripts is looked at as well.
    'relay under way': relayPage()
      .html.replace(/<script>[\s\S]*<\/script>/, '')
      .replaceAll('noscript>', 'div>'),
  },
};

type StepStatus = Parameters<typeof stepPage>[0];

/** Whose step it is, and whether it is a device's. */
const steps: Readonly<Record<StepStatus, 'authorization' | 'device'>> = {
  USERNAME_PASSWORD_REQUIRED: 'authorization',
  MUST_CHANGE_PASSWORD: 'authorization',
  PASSWORD_EXPIRED: 'authorization',
  RECOVERY_CODE_REQUIRED: 'authorization',
  DAG_USER_CODE_REQUIRED: 'device',
  DAG_CONSENT_REQUIRED: 'device',
};

type RefusedChange = Extract<StepOutcome, { readonly kind: 'changeRefused' }>['change'];

const refusedChanges: OneOfEach<RefusedChange> = {
  wrongCurrent: { kind: 'wrongCurrent', attemptsRemaining: 4 },
  lockedOut: { kind: 'lockedOut', secondsUntilUnlock: 900 },
  tooYoung: { kind: 'tooYoung' },
  external: { kind: 'external' },
  unmet: { kind: 'unmet', requirements: [{ name: 'length', message: 'Too short' }] },
};

type RefusedRecovery = Extract<StepOutcome, { readonly kind: 'recoveryRefused' }>['recovery'];

const refusedRecoveries: OneOfEach<RefusedRecovery> = {
  wrongCode: { kind: 'wrongCode', attemptsRemaining: undefined },
  unmet: { kind: 'unmet', requirements: [{ name: 'length', message: 'Too short' }] },
};

/** What can be refused at each step; each refusal is somewhere. */
const refusals: Readonly<
  Record<Exclude<StepOutcome['kind'], 'advanced' | 'changeRefused' | 'recoveryRefused'>, readonly StepStatus[]>
> = {
  invalidCredentials: ['USERNAME_PASSWORD_REQUIRED'],
  lockedOut: ['USERNAME_PASSWORD_REQUIRED'],
  disabled: ['USERNAME_PASSWORD_REQUIRED'],
  unknownUserCode: ['DAG_USER_CODE_REQUIRED'],
  wrongStep: ['DAG_CONSENT_REQUIRED'],
};

function stepPages(): Pages {
  const environment = createEnvironment({
    seed: defaultSeed,
    origins: ['https://127.0.0.1:8443'],
    now: () => Date.UTC(2026, 10, 23),
    keys: createSigningKeys(),
  });
  const [application] = defaultSeed.applications;
  const [ada, , alan] = defaultSeed.users;
  if (!application || !ada || !alan) throw new Error('The seed has no application or no users.');
  // Hers is no longer the password of the seed, and the page must not offer that.
  environment.directory.changePassword(ada.id, ada.password?.value ?? '', 'Quite-Another-77');
  const session = environment.sessions.open({ remoteAddress: '127.0.0.1', userAgent: 'Chromium' });
  const granted = { scopes: ['openid', 'p1:read:user'], audience: ['https://api'], accessTokenSeconds: 3600 };
  const device = environment.deviceCodes.issue(application, granted, undefined, 0);
  const request: ValidAuthorizationRequest = {
    application,
    redirectUri: 'https://127.0.0.1/callback',
    redirectUriGiven: true,
    responseMode: 'query',
    responseTypes: ['code'],
    granted,
    state: 's',
    nonce: undefined,
    prompts: [],
    maxAgeSeconds: undefined,
    loginHint: undefined,
    acr: 'Single_Factor',
    challenge: undefined,
    bytes: 0,
  };
  const purposes = {
    authorization: { kind: 'authorization', request },
    device: { kind: 'device', typedCode: device.userCode, device },
  } as const;
  const signOnAt = (status: StepStatus): SignOn => {
    const flow: Flow = environment.flows.begin({
      purpose: purposes[steps[status]],
      sessionId: session.id,
      status,
      bytes: 0,
    });
    flow.userId = alan.id;
    return { environment, flow, session };
  };
  const show = (status: StepStatus, refusal?: Parameters<typeof stepPage>[1]['refusal']) =>
    String(stepPage(status, { signOn: signOnAt(status), refusal, username: '', userCode: device.userCode }).body);
  const policy = environment.directory.find(alan.id)?.password.policy;
  const outcome = (kind: keyof typeof refusals) => ({ kind, secondsUntilUnlock: 900 }) as StepOutcome;
  const changing = Object.values(refusedChanges).map(
    (change) => [change.kind, { kind: 'changeRefused', change }] as const,
  );
  return {
    ...mapped(steps, (_whose, status) => show(status as StepStatus)),
    ...Object.fromEntries(
      Object.entries(refusals).flatMap(([kind, places]) =>
        places.map((at) => [`${at}, ${kind}`, show(at, refusalWords(outcome(kind as keyof typeof refusals), policy))]),
      ),
    ),
    ...Object.fromEntries(
      changing.map(([kind, refused]) => [
        `new password, ${kind}`,
        show('PASSWORD_EXPIRED', refusalWords(refused, policy)),
      ]),
    ),
    ...Object.fromEntries(
      Object.values(refusedRecoveries).map((recovery) => [
        `recovery, ${recovery.kind}`,
        show('RECOVERY_CODE_REQUIRED', refusalWords({ kind: 'recoveryRefused', recovery }, policy)),
      ]),
    ),
    'forgotten, by nobody': show('USERNAME_PASSWORD_REQUIRED', nameMissing),
    'new password, twice': show('PASSWORD_EXPIRED', passwordsDiffer),
  };
}

/** Pages whose words stand in the calls that make them. */
function pagesOfCalls(): Pages {
  const request = { headers: {}, correlationId: '5f1c3f0e-0000-4000-8000-000000000001' } as Parameters<
    typeof errorPage
  >[0];
  const source = sourcesIn('src/sandbox').join('\n');
  const messages = [...source.matchAll(/\bmessagePage\(\s*'([^']+)',\s*'([^']+)'/g)];
  const errors = [...source.matchAll(/(?:\berrorPage\(request, |kind: 'unredirectable', message: )'([^']+)'/g)];
  return {
    ...Object.fromEntries(messages.map(([, title = '', text = '']) => [title, String(messagePage(title, text).body)])),
    ...Object.fromEntries(errors.map(([, message = '']) => [message, String(errorPage(request, message).body)])),
    'redirect URI mismatch, with advice': String(errorPage(request, 'Redirect URI mismatch', mismatch('/other')).body),
    'redirect URI mismatch, with advice to nobody': String(
      errorPage(request, 'Redirect URI mismatch', mismatch(`/${'x'.repeat(500)}`)).body,
    ),
    'not found': String(notFoundPage({ ...request, headers: { accept: 'text/html' } }, '').body),
    'form post': String(formPostPage('https://127.0.0.1/callback', new URLSearchParams({ code: 'x' })).body).replace(
      /<script>[\s\S]*<\/script>/,
      '',
    ),
  };
}

function mismatch(path: string) {
  const [{ name = '', redirectUris: registered = [] } = {}] = defaultSeed.applications;
  return adviceFor({ member: 'redirectUris', given: `https://127.0.0.1${path}`, application: name, registered });
}

/** The pages that the listener answers with, by what makes them. */
export { listenerPages };

/** The sandbox's pages. */
export function sandboxPages(): Pages {
  return { ...stepPages(), ...pagesOfCalls() };
}

/** The texts of a folder's source files. */
export function sourcesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

function mapped<Value, Result>(
  record: Readonly<Record<string, Value>>,
  to: (value: Value, name: string) => Result,
): Readonly<Record<string, Result>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value, name)]));
}
