import type { SandboxResponse } from '../exchange.ts';
import type { Call, UserCall } from './call.ts';
import { readEnvironment } from './environment-record.ts';
import { forcePasswordChange, resetPassword, setPassword, setPasswordValue } from './password-change.ts';
import { checkPassword, recoverPassword, sendRecoveryCode, unlockPassword } from './password-check.ts';
import { readPasswordPolicies, readPasswordPolicy } from './password-policy.ts';
import { passwordState } from './password-state.ts';
import { deleteSession, readSession, readSessions } from './session.ts';
import { patchUser, putUser, readUser, readUsers } from './user.ts';

interface Endpoint {
  readonly method: string;
  /** Below the environment; `:name` stands for a variable part. */
  readonly path: string;
  /** The bodies taken; none given: there is no body to read. */
  readonly mediaTypes: readonly string[];
  /** The scope that lets a user do this to themselves; where there is none, only workers may (docs/pingone.md, section 6). */
  readonly scope: string | undefined;
}

export type Route =
  | (Endpoint & { readonly ofUser: false; answer(call: Call): SandboxResponse })
  | (Endpoint & { readonly ofUser: true; answer(call: UserCall): SandboxResponse });

const vendor = (action: string) => [`application/vnd.pingidentity.password.${action}`.toLowerCase()];
const plainJson = ['application/json'];

const user = (
  method: string,
  path: string,
  scope: string | undefined,
  answer: (call: UserCall) => SandboxResponse,
  mediaTypes: readonly string[] = [],
): Route => ({ method, path: `users/:userId/${path}`, scope, mediaTypes, ofUser: true, answer });

const other = (path: string, answer: (call: Call) => SandboxResponse): Route => ({
  ...{ method: 'GET', path, scope: undefined, mediaTypes: [], ofUser: false, answer },
});

/** Every endpoint of the management API that the sandbox has. */
export const routes: readonly Route[] = [
  other('', readEnvironment),
  other('passwordPolicies', readPasswordPolicies),
  other('passwordPolicies/:policyId', readPasswordPolicy),
  other('users', readUsers),
  user('GET', '', 'p1:read:user', readUser),
  user('PATCH', '', 'p1:update:user', patchUser, plainJson),
  user('PUT', '', 'p1:update:user', putUser, plainJson),
  user('GET', 'password', 'p1:read:userPassword', passwordState),
  user('PUT', 'password', 'p1:reset:userPassword', resetPassword, vendor('reset+json')),
  user('PUT', 'password', undefined, setPassword, vendor('set+json')),
  user('PUT', 'password', undefined, setPasswordValue, vendor('setValue+json')),
  user('PUT', 'password', undefined, forcePasswordChange, vendor('forceChange')),
  user('POST', 'password', 'p1:validate:userPassword', checkPassword, vendor('check+json')),
  user('POST', 'password', undefined, recoverPassword, vendor('recover+json')),
  user('POST', 'password', undefined, sendRecoveryCode, vendor('sendRecoveryCode')),
  user('POST', 'password', undefined, unlockPassword, vendor('unlock+json')),
  user('GET', 'sessions', 'p1:read:sessions', readSessions),
  user('GET', 'sessions/:sessionId', 'p1:read:sessions', readSession),
  user('DELETE', 'sessions/:sessionId', 'p1:delete:sessions', deleteSession),
];
