import { isJsonObject, isText, parsedObject } from '../json.ts';

/**
 * An answer to a POST as openid-client takes it. Many servers write null for what is absent, for which the library would
 * refuse the tokens, so such members are left out of a token answer. A lifetime that is an object becomes null: this the
 * library refuses by name, while of the object it would make a number, and not every object can be made one.
 */
export async function withoutAbsentMembers(response: Response): Promise<Response> {
  if (response.status !== 200) return response;
  const text = await response.text();
  return new Response(answerIn(text) ?? text, { headers: response.headers });
}

/** `undefined` for what is no object, and is handed on as it is. */
function answerIn(text: string): string | undefined {
  const answer = parsedObject(text);
  if (!answer) return undefined;
  const isTokenAnswer = isText(answer['access_token']);
  const present = Object.entries(answer)
    .filter(([, value]) => value !== null || !isTokenAnswer)
    .map(([name, value]) => [name, name === 'expires_in' && isJsonObject(value) ? null : value]);
  return JSON.stringify(Object.fromEntries(present));
}
