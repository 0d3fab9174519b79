import type { SandboxRequest, SandboxResponse } from '../exchange.ts';
import { platformError } from '../platform-error.ts';
import { markup, page } from './page.ts';

const advice: Readonly<Record<string, string>> = {
  'Redirect URI mismatch':
    'The redirect URI of the request is not registered with the application. Scheme, host and path must be the same to the letter; on localhost and 127.0.0.1 the port may differ.',
};

/**
 * Tells the person what cannot be told to the application (docs/pingone.md, section 3); a program that asks for JSON gets
 * that.
 */
export function refusalPage(request: SandboxRequest, message: string): SandboxResponse {
  const { accept = '' } = request.headers;
  if (accept.includes('application/json') && !accept.includes('text/html')) {
    return platformError(request, 'invalidRequest', [{ code: 'INVALID_VALUE', message }]);
  }
  return page({
    status: 400,
    title: message,
    card: markup`<h1>This sign-on cannot go on</h1>
<p class="alert" role="alert"><b>${message}</b></p>
<p class="lead">${advice[message] ?? 'Go back to the application and start again from there.'}</p>
<p class="fine">Correlation ID<br>${request.correlationId}</p>`,
  });
}

/** A page without a question: an end that is not an error. */
export function messagePage(title: string, text: string): SandboxResponse {
  return page({ title, card: markup`<h1>${title}</h1><p class="lead">${text}</p>` });
}
