import { randomUUID } from 'node:crypto';
import type { IssuedDeviceCode } from '../authorization-server/device-codes.ts';
import type { CodeChallenge } from '../authorization-server/pkce.ts';
import type { ScopeGrant } from '../authorization-server/sign-on-grant.ts';
import type { Directory, DirectoryUser } from '../directory.ts';
import { ForgetfulMap } from '../forgetful-map.ts';
import type { Application } from '../seed/applications.ts';
import type { PasswordPolicy } from '../seed/password-policy.ts';
import type { Seed } from '../seed.ts';

export type ResponseType = 'code' | 'token' | 'id_token';
export type ResponseMode = 'query' | 'fragment' | 'form_post' | 'pi.flow';

/** Where the answer to an authorize request goes. */
export interface ReturnAddress {
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
  readonly state: string | undefined;
}

/** An authorize request that nothing is wrong with (docs/pingone.md, section 3). */
export interface ValidAuthorizationRequest extends ReturnAddress {
  readonly application: Application;
  /** Whether the request had a `redirect_uri`, which the token request must then repeat. */
  readonly redirectUriGiven: boolean;
  readonly responseTypes: readonly ResponseType[];
  readonly granted: ScopeGrant;
  readonly nonce: string | undefined;
  readonly prompts: readonly string[];
  readonly maxAgeSeconds: number | undefined;
  readonly loginHint: string | undefined;
  /** The name of the sign-on policy that will be met. */
  readonly acr: string;
  readonly challenge: CodeChallenge | undefined;
  /** What its texts take up. */
  readonly bytes: number;
}

/** PingOne's names for where a sign-on stands (docs/pingone.md, section 3). */
type FlowStatus =
  | 'USERNAME_PASSWORD_REQUIRED'
  | 'MUST_CHANGE_PASSWORD'
  | 'PASSWORD_EXPIRED'
  | 'RECOVERY_CODE_REQUIRED'
  | 'DAG_USER_CODE_REQUIRED'
  | 'DAG_CONSENT_REQUIRED'
  | 'COMPLETED'
  | 'FAILED';

/** One sign-on, from the authorize request or the device page to its end. */
export interface Flow {
  readonly id: string;
  readonly purpose: FlowPurpose;
  /** The browser's session; it is another one when another user signs on in it. */
  sessionId: string;
  status: FlowStatus;
  /** Who gave the right password, must change it first, or says that they forgot it. */
  userId: string | undefined;
  readonly createdAt: number;
  expiresAt: number;
  /** What the texts of its request take up. */
  readonly bytes: number;
}

type FlowPurpose =
  | { readonly kind: 'authorization'; readonly request: ValidAuthorizationRequest }
  /** `device` is there once the user code was typed. */
  | { readonly kind: 'device'; readonly typedCode: string; device: IssuedDeviceCode | undefined };

/** A flow ends after a quarter of an hour in which nothing is done about it (docs/pingone.md, section 3). */
const lifetimeMs = 15 * 60_000;

export function createFlows(now: () => number) {
  const flows = new ForgetfulMap<Flow>(now);
  return {
    begin(given: Pick<Flow, 'purpose' | 'sessionId' | 'status' | 'bytes'>): Flow {
      const createdAt = now();
      const flow = { ...given, id: randomUUID(), userId: undefined, createdAt, expiresAt: createdAt + lifetimeMs };
      flows.set(flow.id, flow, flow.bytes);
      return flow;
    },
    /** Finds a flow that is alive, which lives longer for it. */
    find(id: string | null): Flow | undefined {
      const flow = flows.get(id ?? '');
      if (!flow || flow.expiresAt <= now()) return undefined;
      flow.expiresAt = now() + lifetimeMs;
      flows.set(flow.id, flow, flow.bytes);
      return flow;
    },
    end: (flow: Flow) => void flows.delete(flow.id),
  };
}

/** Where a flow is on the web. */
interface FlowPlace {
  readonly origin: string;
  readonly issuer: string;
  readonly seed: Seed;
}

/** The address of the pages that ask for the flow's next step. */
export function signOnUrl({ origin, seed }: FlowPlace, { id }: Flow): string {
  return `${origin}/${seed.environment.id}/signon/?flowId=${id}`;
}

/** The address that goes back to the application once the flow has ended. */
export function resumeUrl({ issuer }: FlowPlace, { id }: Flow): string {
  return `${issuer}/resume?flowId=${id}`;
}

/** Finds who gave the right password, must change it first, or says that they forgot it. */
export function flowUser(
  { directory }: { readonly directory: Directory },
  { userId }: Flow,
): DirectoryUser | undefined {
  return userId === undefined ? undefined : directory.find(userId);
}

/** Finds the policy that a new password has to meet, on the steps that ask for one. */
export function stepPolicy(
  place: FlowPlace & { readonly directory: Directory },
  flow: Flow,
): PasswordPolicy | undefined {
  switch (flow.status) {
    case 'MUST_CHANGE_PASSWORD':
    case 'PASSWORD_EXPIRED':
      return flowUser(place, flow)?.password.policy;
    case 'RECOVERY_CODE_REQUIRED':
      // An unknown name gets an answer as complete as anybody's.
      return flowUser(place, flow)?.password.policy ?? place.seed.passwordPolicies.find((policy) => policy.default);
    default:
      return undefined;
  }
}

/** Finds the application that the person signs on to; it is not known for a device before its user code is. */
export function applicationOf({ purpose }: Flow): Application | undefined {
  return purpose.kind === 'authorization' ? purpose.request.application : purpose.device?.application;
}
