import { authorizeFacts } from './authorize.ts';
import { customDomainFacts } from './custom-domain.ts';
import { discoveryFacts } from './discovery.ts';
import { errorFacts } from './errors.ts';
import type { Fact } from './fact.ts';
import { passwordFacts } from './password.ts';
import { policyFacts } from './password-policy.ts';
import { scopeFacts } from './scopes.ts';
import { sessionFacts } from './sessions.ts';
import { signOnFlowFacts } from './sign-on-flow.ts';
import { tokenFacts } from './token.ts';
import { tokenClaimFacts } from './token-claims.ts';
import { userFacts } from './users.ts';

/** In the order of docs/pingone.md. */
export const allFacts: readonly Fact[] = [
  ...customDomainFacts,
  ...discoveryFacts,
  ...authorizeFacts,
  ...signOnFlowFacts,
  ...tokenFacts,
  ...tokenClaimFacts,
  ...scopeFacts,
  ...userFacts,
  ...passwordFacts,
  ...policyFacts,
  ...errorFacts,
  ...sessionFacts,
].toSorted(bySection);

export function titleOf({ section, says }: Fact): string {
  return `${section} ${says}`;
}

function bySection(one: Fact, other: Fact): number {
  return one.section.localeCompare(other.section, 'en', { numeric: true });
}
