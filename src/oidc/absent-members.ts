import { parsedObject } from '../json.ts';

/**
 * An answer to a POST as openid-client takes it: many servers write null for what is absent, for which the library would
 * refuse the tokens, so such members are left out of a token answer.
 */
export async function withoutAbsentMembers(response: Response): Promise<Response> {
  if (response.status !== 200) return response;
  const text = await response.text();
  const { status, headers } = response;
  return new Response(tokenAnswerIn(text) ?? text, { status, headers });
}

/** `undefined` for what is no token answer. */
function tokenAnswerIn(text: string): string | undefined {
  const answer = parsedObject(text);
  if (!answer || typeof answer['access_token'] !== 'string') return undefined;
  const present = Object.entries(answer).filter(([, value]) => value !== null);
  return JSON.stringify(Object.fromEntries(present));
}
