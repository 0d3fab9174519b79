import type { Output } from '../output/output.ts';
import { qrCode } from '../output/qr-code.ts';
import { safeText } from '../output/safe-text.ts';
import type { Runtime } from '../runtime.ts';
import type { DeviceAuthorization } from './device-authorization.ts';

/**
 * What the person does on the other device. The warning stands first: attackers send people codes of sign-ins that
 * they have started themselves (RFC 8628, section 5.4).
 */
export function deviceInstructions(
  { verificationUri, completeUri, userCode }: DeviceAuthorization,
  runtime: Runtime,
  { paintNote }: Output,
): readonly string[] {
  const picture = qrCode(completeUri ?? verificationUri, runtime, paintNote);
  return [
    paintNote.yellow('Only sign in with a code that you have asked for yourself, here and now.'),
    'Whoever sends you a code or such an address by mail, chat or phone would be signed in as you.',
    '',
    'Open this address on any device:',
    `  ${safeText(verificationUri)}`,
    'and enter the code:',
    `  ${paintNote.bold(safeText(userCode))}`,
    ...(completeUri
      ? ['Or open this one, which has the code in it, and compare it:', `  ${safeText(completeUri)}`]
      : []),
    ...picture,
    '',
  ];
}
