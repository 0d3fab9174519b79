import { Failure } from '../errors.ts';
import { didYouMean } from '../output/did-you-mean.ts';
import type { Output } from '../output/output.ts';
import { table } from '../output/table.ts';
import { ping14c, wording } from '../wording.ts';
import { authorizationServerFaults } from './faults/authorization-server.ts';
import { configurationFaults } from './faults/configuration.ts';
import type { Fault } from './faults/fault.ts';
import { idTokenFaults } from './faults/id-token.ts';
import { managementApiFaults } from './faults/management-api.ts';

/** What can fail on purpose; docs/sandbox-faults.md tells what each does. Written out, so that an editor offers them. */
export type FaultName =
  | 'unknown-client'
  | 'application-disabled'
  | 'redirect-uri-mismatch'
  | 'response-type-not-enabled'
  | 'client-authentication-refused'
  | 'worker-without-roles'
  | 'scope-refused'
  | 'scopes-dropped'
  | 'no-refresh-token'
  | 'par-required'
  | 'signoff-refused'
  | 'user-locked-out'
  | 'discovery-other-issuer'
  | 'callback-wrong-state'
  | 'callback-wrong-issuer'
  | 'code-replayed'
  | 'token-5xx'
  | 'token-html'
  | 'token-stalls'
  | 'token-resets'
  | 'refresh-5xx'
  | 'refresh-stalls'
  | 'refresh-refused'
  | 'rotation-replay'
  | 'refresh-answer-lost'
  | 'userinfo-other-sub'
  | 'revoke-fails'
  | 'device-slow-down'
  | 'device-denied'
  | 'device-expired'
  | 'id-token-wrong-issuer'
  | 'id-token-wrong-audience'
  | 'id-token-wrong-nonce'
  | 'id-token-expired'
  | 'id-token-alg-none'
  | 'id-token-alg-hs256'
  | 'id-token-bad-signature'
  | 'id-token-wrong-at-hash'
  | 'jwks-unknown-kid'
  | 'clock-ahead'
  | 'clock-behind'
  | 'api-429'
  | 'api-503'
  | 'api-html'
  | 'api-redirects'
  | 'api-truncated'
  | 'password-put-resets'
  | 'password-put-lost'
  | 'password-put-stalls'
  | 'password-put-html';

/** Every fault by its name, in the order in which a sign-in and its use would meet them. None is on unless asked for. */
export const faults = {
  ...configurationFaults,
  ...authorizationServerFaults,
  ...idTokenFaults,
  ...managementApiFaults,
} as const satisfies Readonly<Record<FaultName, Fault>>;

export function isFaultName(text: string): text is FaultName {
  return Object.hasOwn(faults, text);
}

/**
 * Reads the names as they are typed, separated by commas.
 *
 * @throws Failure `usage` naming those that no fault has.
 */
export function faultsNamed(texts: readonly string[]): readonly FaultName[] {
  const names = [...new Set(texts.flatMap((text) => text.split(',')).map((name) => name.trim()))].filter(Boolean);
  const unknown = names.filter((name) => !isFaultName(name));
  if (unknown.length === 0) return names.filter(isFaultName);
  throw new Failure('usage', `There is no such fault: "${unknown.join('", "')}".`, {
    code: 'unknown_fault',
    hint: wording`${unknown.map((name) => didYouMean(name, everyName)).join('')}See ${ping14c('sandbox --list-faults')}.`,
  });
}

export function unknownFault(name: string): RangeError {
  const near = didYouMean(String(name), everyName).trim();
  return new RangeError(`There is no fault "${name}". ${near || `There are: ${everyName.join(', ')}.`}`);
}

const everyName = Object.keys(faults).filter(isFaultName);

export function faultListText(output: Output): string {
  const rows = everyName.map((name) => [name, `${faults[name].happens}. Meet it with: ${faults[name].meetsIt}`]);
  return table(['FAULT', 'WHAT HAPPENS'], rows, output);
}

export function faultListDocument() {
  return {
    schemaVersion: 1,
    faults: everyName.map((name) => ({ name, happens: faults[name].happens, meetsIt: faults[name].meetsIt })),
  };
}
