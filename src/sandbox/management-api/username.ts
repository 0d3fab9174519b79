import type { JsonObject } from '../../json.ts';
import type { DirectoryUser } from '../directory.ts';
import { platformError, validationError } from '../platform-error.ts';
import type { SandboxResponse } from '../response.ts';
import type { ApiRequest } from './api-request.ts';

type Username =
  | { readonly kind: 'read'; readonly value: string }
  | { readonly kind: 'refused'; readonly refusal: SandboxResponse };

/** Reads the user name, which nobody else in the environment may have, in whatever case. @param own whose it will be */
export function usernameIn(request: ApiRequest, body: JsonObject, own?: DirectoryUser): Username {
  const { username } = body;
  const refused = (refusal: SandboxResponse) => ({ kind: 'refused', refusal }) as const;
  if (typeof username !== 'string' || username.trim() === '') {
    return refused(validationError(request, 'username', 'must not be empty'));
  }
  if (username.length > 128) return refused(validationError(request, 'username', 'must have 128 characters at most'));
  const holder = request.environment.directory.findByUsername(username);
  if (!holder || holder.id === own?.id) return { kind: 'read', value: username };
  const message = 'is unique but a non-unique value is provided';
  return refused(
    platformError(request, 'invalidData', [{ code: 'UNIQUENESS_VIOLATION', target: 'username', message }]),
  );
}
