import { describe, expect, it } from 'vitest';
import { faults } from '../src/sandbox/faults.ts';
import { adasPassword, type FaultCase, newPassword, runCase, runTour, webSecret } from './support/fault-run.ts';
import { nativeClientId, startTestSandbox } from './support/sandbox.ts';
import { post } from './support/sandbox-client.ts';
import { client } from './support/sandbox-machine.ts';

const login = { run: 'login', exitCode: 1, store: 'nothing' } as const;
const implicit = {
  ...{ ...login, run: 'login --implicit', sent: { 'POST token': 0, 'GET userinfo': 0 } },
  env: { PING14C_CLIENT_ID: client.web, PING14C_CLIENT_SECRET: webSecret },
} as const;
const application = { run: 'token --client-credentials', store: 'nothing' } as const;
const refresh = { run: 'token --refresh', store: 'as before' } as const;
const whoami = { run: 'whoami', store: 'as before' } as const;
const passwd = { run: 'passwd --stdin', stdin: [adasPassword, newPassword], store: 'as before' } as const;
const logout = { run: 'logout', exitCode: 0, store: 'nothing' } as const;

const noToken = { 'POST token': 0 };
const oneToken = { 'POST token': 1 };
const onePut = { 'PUT password': 1 };
const noPut = { 'PUT password': 0 };

/** What fails, what the client is asked to do, and what must be true then. */
const faultTable: readonly FaultCase[] = [
  // The console
  ...(['unknown-client', 'application-disabled'] as const).map((fault) => ({
    ...{ ...login, fault, exitCode: 5, sent: { 'GET authorize': 1 } },
    says: /does not let this application sign anybody in[\s\S]*switched on/,
  })),
  {
    ...{ ...login, fault: 'redirect-uri-mismatch', exitCode: 5, sent: { 'GET authorize': 1 } },
    says: /to register: https:\/\/127\.0\.0\.1\/callback\n/,
  },
  {
    ...{ ...login, fault: 'user-locked-out', exitCode: 6, waits: 'for the sign-in', sent: noToken },
    says: /Error: Nobody signed in within 5 minutes\./,
  },
  { ...login, fault: 'response-type-not-enabled', exitCode: 5, says: /Hint: Allow this response type/, sent: noToken },
  { ...login, fault: 'scope-refused', exitCode: 5, says: /May not request scopes for multiple/, sent: noToken },
  { ...login, fault: 'par-required', exitCode: 5, says: /a pushed authorization request[\s\S]*--par/, sent: noToken },
  {
    ...{ ...login, fault: 'par-required', run: 'login --par', exitCode: 0, store: 'renewed', sent: { 'POST par': 1 } },
    says: /Next: /,
    prints: /^Signed in as Ada/,
  },
  {
    ...{ ...login, fault: 'scopes-dropped', exitCode: 0, store: 'renewed', sent: oneToken },
    says: /Warning: Not granted: p1:read:user p1:read:userPassword p1:reset:userPassword\./,
    prints: /^Signed in as Ada/,
  },
  { ...passwd, fault: 'scopes-dropped', exitCode: 5, says: /The scope p1:reset:userPassword was not/, sent: noPut },
  {
    ...{ ...whoami, fault: 'scopes-dropped', exitCode: 0, sent: { 'GET userinfo': 1 } },
    says: /Not shown: the PingOne user record \(scope p1:read:user was not granted/,
    prints: /ada@example\.com/,
  },
  {
    ...{ ...refresh, fault: 'no-refresh-token', exitCode: 4, sent: noToken },
    says: /there is no refresh token to renew it[\s\S]*ping14c login/,
    afterwards: [{ run: 'token', exitCode: 0, sent: noToken }],
  },
  {
    ...{ ...application, fault: 'client-authentication-refused', exitCode: 5, sent: oneToken },
    says: /did not accept the client \S+ with client_secret_basic[\s\S]*--auth-method/,
  },
  {
    ...{ ...login, fault: 'client-authentication-refused', exitCode: 5, sent: oneToken },
    says: /did not accept the client \S+ with none[\s\S]*--auth-method/,
  },
  {
    ...{ ...application, fault: 'worker-without-roles', exitCode: 5, sent: oneToken },
    says: /At least one scope must be granted[\s\S]*Hint: .*administrator role/,
  },
  {
    ...{ ...logout, fault: 'signoff-refused', says: /^(?!.*Error)/, sent: { 'POST revoke': 1, 'GET idpSignoff': 1 } },
    prints: /Refresh token: revoked\nSession at PingOne: still valid .* open https:\S+\/as\/signoff/,
  },

  // The authorization server
  {
    ...login,
    fault: 'discovery-other-issuer',
    says: /its issuer is https:\/\/auth\.pingone\.example\/another\/as, not https:/,
    sent: { 'GET authorize': 0 },
  },
  {
    ...{ ...login, fault: 'callback-wrong-state', exitCode: 6, waits: 'for the sign-in', sent: noToken },
    says: /Nobody signed in within 5 minutes\. One request was refused meanwhile \(another state ×1\)/,
  },
  { ...login, fault: 'callback-wrong-issuer', says: /\biss\b/, sent: noToken },
  { ...login, fault: 'code-replayed', exitCode: 5, says: /invalid_grant[\s\S]*ping14c login/, sent: oneToken },
  { ...login, fault: 'token-5xx', says: /status 503[\s\S]*Try again in a moment/, sent: oneToken },
  { ...login, fault: 'token-html', says: /status 200 and a web page[\s\S]*proxy/, sent: oneToken },
  { ...login, fault: 'token-resets', exitCode: 6, says: /No answer from 127\.0\.0\.1/, sent: oneToken },
  {
    ...{ ...login, fault: 'token-stalls', exitCode: 6, waits: 'for the answer', sent: oneToken },
    says: /did not answer within 30 seconds[\s\S]*PING14C_HTTP_TIMEOUT/,
  },
  { ...application, fault: 'token-5xx', exitCode: 1, says: /status 503/, sent: oneToken },
  { ...application, fault: 'token-html', exitCode: 1, says: /a web page/, sent: oneToken },
  {
    ...{ ...application, fault: 'token-stalls', exitCode: 6, waits: 'for the answer', sent: oneToken },
    says: /did not answer within 30 seconds/,
  },
  {
    ...{
      ...refresh,
      fault: 'refresh-5xx',
      exitCode: 1,
      says: /^(?![\s\S]*new sign-in)[\s\S]*status 503/,
      sent: oneToken,
    },
    afterwards: [{ run: 'token', exitCode: 0, sent: noToken }],
  },
  {
    ...{ ...refresh, fault: 'refresh-stalls', exitCode: 6, waits: 'for the answer', sent: oneToken },
    says: /did not answer within 30 seconds[\s\S]*sign in again with "ping14c login"/,
    afterwards: [{ run: 'token', exitCode: 0, sent: noToken }],
  },
  // Only the refresh token is thrown away: logout still has a use for the rest.
  ...(['refresh-refused', 'rotation-replay'] as const).map((fault) => ({
    ...({ ...refresh, fault, exitCode: 4, store: 'renewed', sent: oneToken } as const),
    says: /The session has ended: [\s\S]*ping14c login/,
    afterwards: [
      { run: 'token --refresh', exitCode: 4, sent: noToken },
      { run: 'login', exitCode: 0, sent: oneToken },
    ],
  })),
  {
    ...{ ...refresh, fault: 'refresh-answer-lost', exitCode: 6, sent: oneToken },
    says: /No answer from[\s\S]*may have renewed the session anyway[\s\S]*sign in again with "ping14c login"/,
    // What is there is used; a second use of the rotated refresh token is what the server takes for a theft.
    afterwards: [
      { run: 'token', exitCode: 0, sent: noToken },
      { run: 'token --refresh', exitCode: 4, sent: oneToken },
    ],
  },
  {
    ...{ ...whoami, fault: 'userinfo-other-sub', exitCode: 1, sent: { 'GET userinfo': 1 } },
    says: /about another user; none of it is shown/,
  },
  {
    ...{ ...logout, fault: 'revoke-fails', says: /^(?!.*Error)/, sent: { 'POST revoke': 1 } },
    prints: /Refresh token: still valid \(.*503/,
  },

  {
    ...{ ...login, fault: 'device-denied', run: 'login --device', waits: 'for the poll', exitCode: 5, sent: oneToken },
    says: /has been denied|You cancelled the sign-in/,
  },
  {
    ...{ ...login, fault: 'device-expired', run: 'login --device', waits: 'for the poll', exitCode: 6, sent: oneToken },
    says: /has expired/,
  },

  // ID tokens and clocks
  { ...login, fault: 'id-token-wrong-issuer', says: /"iss"/, sent: oneToken },
  { ...login, fault: 'id-token-wrong-audience', says: /"aud"/, sent: oneToken },
  { ...login, fault: 'id-token-wrong-nonce', says: /"nonce"/, sent: oneToken },
  { ...login, fault: 'id-token-expired', says: /"exp"[\s\S]*The clock of this machine agrees/, sent: oneToken },
  { ...login, fault: 'id-token-alg-none', says: /"alg"/, sent: oneToken },
  { ...login, fault: 'id-token-alg-hs256', says: /"alg"/, sent: oneToken },
  { ...login, fault: 'id-token-bad-signature', says: /its signature is not/, sent: { ...oneToken, 'GET jwks': 1 } },
  // The keys are fetched once more for the unknown one, and then no more (docs/security.md, rule 2).
  { ...login, fault: 'jwks-unknown-kid', says: /does not publish \(kid\)/, sent: { ...oneToken, 'GET jwks': 2 } },
  // The same where they come through the browser; the tokens that came beside them are not used either.
  { ...implicit, fault: 'id-token-wrong-issuer', says: /\biss\b/ },
  { ...implicit, fault: 'id-token-wrong-audience', says: /\baud\b/ },
  { ...implicit, fault: 'id-token-wrong-nonce', says: /\bnonce\b/ },
  { ...implicit, fault: 'id-token-expired', says: /\bexp\b/ },
  { ...implicit, fault: 'id-token-alg-none', says: /\balg\b/ },
  { ...implicit, fault: 'id-token-alg-hs256', says: /\balg\b/ },
  { ...implicit, fault: 'id-token-bad-signature', says: /signature/ },
  { ...implicit, fault: 'id-token-wrong-at-hash', says: /at_hash/ },
  { ...implicit, fault: 'jwks-unknown-kid', says: /\bkid\b/ },
  { ...login, fault: 'clock-ahead', says: /\(iat\)[\s\S]* 10 minutes behind the server's/, sent: oneToken },
  { ...login, fault: 'clock-behind', says: /"exp"[\s\S]* 2 hours ahead of the server's/, sent: oneToken },

  // The management API, or what stands before it
  { ...whoami, fault: 'api-429', exitCode: 0, says: /429/, prints: /^User name +ada$/m, sent: { 'GET userinfo': 1 } },
  {
    ...whoami,
    fault: 'api-503',
    exitCode: 1,
    says: /answered with status 503[\s\S]*Hint: Try again/,
    sent: oneRecord(3),
  },
  {
    ...whoami,
    fault: 'api-html',
    exitCode: 1,
    says: /answered with status 200 and a web page[\s\S]*proxy[\s\S]*--api-url/,
    sent: oneRecord(1),
  },
  {
    ...whoami,
    fault: 'api-redirects',
    exitCode: 1,
    says: /with a redirect to https:\/\/elsewhere\.example\/, which is not followed/,
    sent: oneRecord(1),
  },
  { ...whoami, fault: 'api-truncated', exitCode: 6, says: /No answer from/, sent: oneRecord(3) },
  // Refused, so nothing was done; and a change is sent once, whatever the answer.
  {
    ...{ ...passwd, fault: 'api-429', exitCode: 1, sent: onePut, password: 'old' },
    says: /Error: Nothing was changed: [\s\S]*Too many requests[\s\S]*Hint: Try again in 1 second:/,
  },
  {
    ...passwd,
    fault: 'api-503',
    exitCode: 1,
    says: /Error: Your password was not changed\. .* with status 503/,
    sent: noPut,
    password: 'old',
  },
  { ...passwd, fault: 'api-html', exitCode: 1, says: /and a web page/, sent: noPut, password: 'old' },
  { ...passwd, fault: 'api-redirects', exitCode: 1, says: /with a redirect/, sent: noPut, password: 'old' },
  {
    ...passwd,
    fault: 'api-truncated',
    exitCode: 6,
    says: /Error: Your password was not changed\. No answer/,
    sent: noPut,
    password: 'old',
  },
  {
    ...{ ...passwd, fault: 'password-put-resets', exitCode: 0, sent: onePut, password: 'new' },
    says: /Changing the PingOne password/,
    prints: /^✓ Your password is changed \(the answer was lost; the time of the last change shows it\)\.\n$/,
  },
  {
    ...{ ...passwd, fault: 'password-put-stalls', exitCode: 0, sent: onePut, password: 'new' },
    waits: 'for the answer',
    says: /Changing the PingOne password/,
    prints: /^✓ Your password is changed \(the answer was lost/,
  },
  // An old time proves nothing: the request might still be on its way.
  ...(['password-put-lost', 'password-put-html'] as const).map((fault) => ({
    ...({ ...passwd, fault, exitCode: 3, sent: onePut, password: 'old' } as const),
    says: /no trustworthy answer came back[\s\S]*either the old or the new one/,
  })),
];

function oneRecord(times: number) {
  return { 'GET d0000000-0000-4000-8000-000000000001': times };
}

// What the client does when the sandbox fails on purpose. Two figures are held elsewhere: one refresh for fifty processes in
// test/session/processes.test.ts, the seconds until a hanging keychain is told in test/session/secret-service.test.ts.

describe('the fault table', () => {
  it.each(faultTable)('$fault: $run ends with $exitCode', async (line) => {
    const { outcome, store, password, sent, leaks, afterwards } = await runCase(line);
    expect(outcome.stderr).toMatch(line.says);
    expect(outcome.stdout).toMatch(line.prints ?? /^$/);
    expect({ exitCode: outcome.exitCode, store, password, sent, leaks, afterwards }).toEqual({
      exitCode: line.exitCode,
      store: line.store,
      password: line.password ?? 'old',
      sent: line.sent,
      leaks: [],
      afterwards: line.afterwards ?? [],
    });
    // What fails here is foreseen.
    expect(outcome.stderr).not.toMatch(/a defect of ping14c/);
  });

  it.each(faultTable.filter(({ exitCode }) => exitCode === 1).slice(0, 1))(
    'and --debug tells where it failed, a line for each step',
    async (line) => {
      const { outcome } = await runCase(line);
      expect(outcome.stderr).toMatch(/^debug: Failure: .*\ndebug: {5}at /m);
    },
  );

  it('has a line for every fault that the sandbox offers', () => {
    const lines = new Set<string>(faultTable.map(({ fault }) => fault));
    // Below; what the client makes of it is held in test/oidc/device-code.test.ts.
    lines.add('device-slow-down');
    expect(lines).toEqual(new Set(Object.keys(faults)));
  });
});

describe('device-slow-down', () => {
  it('slows every second poll down', async () => {
    const sandbox = await startTestSandbox({ faults: ['device-slow-down'] });
    const { device_code } = (await post(sandbox, 'device_authorization', { client_id: nativeClientId })).json() as {
      device_code: string;
    };
    for (const error of ['slow_down', 'authorization_pending', 'slow_down']) {
      sandbox.advance({ seconds: 30 });
      const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code };
      const answer = await post(sandbox, 'token', { ...grant, client_id: nativeClientId });
      expect([answer.status, answer.json()]).toMatchObject([400, { error }]);
    }
  });
});

describe('bytes of secrets that leak', () => {
  it('none, of all that travels on the whole tour with --debug', async () => {
    const { secrets, leaks, said } = await runTour();
    expect(said).toContain('debug: POST ');
    // Two passwords and a client secret; a code and its verifier; three ID, three access and three refresh tokens of the user's; one of the worker's.
    expect(secrets.size).toBeGreaterThanOrEqual(12);
    expect(leaks).toEqual([]);
  });
});
