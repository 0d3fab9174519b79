import type { Failure } from '../../src/errors.ts';
import { spelled } from '../../src/wording.ts';

/** A failure as a person without `-P` reads it: the commands that its hint names are spelled out. */
export function asRead(failure: Failure) {
  const { kind, code, message, hint, exitCode } = failure;
  return { kind, code, message, exitCode, hint: hint && spelled(hint) };
}
