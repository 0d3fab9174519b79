import type { SandboxResponse } from '../exchange.ts';
import { baseOf, type Call, link, resource } from './call.ts';

export function readEnvironment({ environment }: Call): SandboxResponse {
  const { id, name, region, organizationId } = environment.seed.environment;
  const base = baseOf(environment);
  return resource({
    _links: {
      self: link(base),
      users: link(`${base}/users`),
      passwordPolicies: link(`${base}/passwordPolicies`),
    },
    id,
    name,
    description: 'A local environment of ping14c sandbox',
    organization: { id: organizationId },
    type: 'SANDBOX',
    region,
    status: 'ACTIVE',
  });
}
