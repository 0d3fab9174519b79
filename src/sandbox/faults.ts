import { authorizationServerFaults } from './faults/authorization-server.ts';
import { configurationFaults } from './faults/configuration.ts';
import { idTokenFaults } from './faults/id-token.ts';
import { managementApiFaults } from './faults/management-api.ts';

/** Every fault by its name, in the order in which a sign-in and its use would meet them. None is on unless asked for. */
export const faults = {
  ...configurationFaults,
  ...authorizationServerFaults,
  ...idTokenFaults,
  ...managementApiFaults,
} as const;

export type FaultName = keyof typeof faults;

export function isFaultName(text: string): text is FaultName {
  return Object.hasOwn(faults, text);
}
