import { authMethods } from './connection-settings.ts';
import { endpointsOf, optional, required, type Settings } from './settings.ts';

/** What of the settings says who the client is and how it shows that. */
export interface ChosenClient {
  readonly issuer: string;
  readonly clientId: string;
  readonly authMethod: (typeof authMethods)[number];
  readonly clientSecret?: string;
  /** A JWK or PEM file. */
  readonly privateKeyFile?: string;
}

/** Whose token is wanted: that of a user who signs in, or the application's own. */
export type TokenOwner = 'user' | 'application';

/**
 * The client that the settings name. For the application's own token the worker's settings come first, each for itself.
 *
 * @throws Failure `usage` when the environment ID or the client ID is missing.
 */
export function chosenClient(settings: Settings, owner: TokenOwner): ChosenClient {
  const worker = owner === 'application';
  const workerSecret = worker ? optional(settings, 'workerClientSecret') : undefined;
  const clientSecret = workerSecret ?? optional(settings, 'clientSecret');
  const privateKeyFile = optional(settings, 'privateKey');
  const named = [
    worker ? optional(settings, 'workerAuthMethod') : undefined,
    // A secret of the worker's own is there to be used, whatever the user's client does.
    workerSecret ? 'client_secret_basic' : optional(settings, 'authMethod'),
  ].find(Boolean);
  return {
    issuer: endpointsOf(settings).issuer,
    clientId: (worker ? optional(settings, 'workerClientId') : undefined) ?? required(settings, 'clientId'),
    authMethod: authMethods.find((method) => method === named) ?? unnamedMethod(clientSecret, privateKeyFile),
    ...(clientSecret ? { clientSecret } : {}),
    ...(privateKeyFile ? { privateKeyFile } : {}),
  };
}

/** The method where none is named. Whoever gives a secret or a key wants it used. */
function unnamedMethod(clientSecret: string | undefined, privateKeyFile: string | undefined) {
  if (clientSecret) return 'client_secret_basic';
  return privateKeyFile ? 'private_key_jwt' : 'none';
}
