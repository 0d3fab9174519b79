/**
 * Gives a valid access token; asked with the one that a server has just refused, another one.
 *
 * @throws Failure `signInNeeded` when there is none to be had.
 */
export type AccessTokenSource = (refused?: string) => Promise<string>;

/**
 * Sends a request with an access token and, where the server refuses that, once more with another one: the token may have
 * been revoked long before its time. A refused token says that nothing was done, so this is safe for any request.
 */
export async function withAccessToken<Answer>(
  accessToken: AccessTokenSource,
  send: (token: string) => Promise<Answer>,
  isTokenRefused: (answer: Answer) => boolean,
): Promise<Answer> {
  const token = await accessToken();
  const answer = await send(token);
  return isTokenRefused(answer) ? send(await accessToken(token)) : answer;
}
