import type { Intercept } from '../../src/sandbox/intercept.ts';
import { json } from '../../src/sandbox/response.ts';

/** A sandbox whose discovery document says something else; `undefined` leaves a member out. */
export function withMetadata(changes: Readonly<Record<string, unknown>>): { readonly intercept: Intercept } {
  return {
    intercept: async ({ url }, proceed) => {
      const answer = await proceed();
      if (!url.pathname.endsWith('/openid-configuration')) return answer;
      return json(200, { ...(JSON.parse(answer.body ?? '{}') as object), ...changes });
    },
  };
}
