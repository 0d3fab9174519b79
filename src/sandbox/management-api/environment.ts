import type { Environment } from '../environment.ts';
import type { SandboxResponse } from '../response.ts';
import type { ApiRequest } from './api-request.ts';
import { collection, environmentCreatedAt, environmentUrl, link, resource, timeText } from './resource.ts';

/** `GET /v1/environments`: there is this one. */
export function getEnvironments({ environment }: ApiRequest): SandboxResponse {
  return collection(`${environment.apiUrl}/environments`, 'environments', [environmentResource(environment)]);
}

export function getEnvironment({ environment }: ApiRequest): SandboxResponse {
  return resource(environmentResource(environment));
}

/** Shows the environment with all that Ping's own clients need to read it (docs/pingone.md, section 8). */
function environmentResource(environment: Environment): object {
  const { id, name, region, organizationId } = environment.seed.environment;
  const base = environmentUrl(environment);
  return {
    _links: {
      self: link(base),
      billOfMaterials: link(`${base}/billOfMaterials`),
      populations: link(`${base}/populations`),
      users: link(`${base}/users`),
      groups: link(`${base}/groups`),
      passwordPolicies: link(`${base}/passwordPolicies`),
    },
    id,
    name,
    description: 'A local environment of ping14c sandbox',
    organization: { id: organizationId },
    type: 'SANDBOX',
    region,
    createdAt: timeText(environmentCreatedAt),
    updatedAt: timeText(environmentCreatedAt),
    license: { id: licenseId },
    status: 'ACTIVE',
  };
}

/** Shows which products the environment consists of: the platform alone. */
export function getBillOfMaterials({ environment }: ApiRequest): SandboxResponse {
  const base = environmentUrl(environment);
  return resource({
    _links: { self: link(`${base}/billOfMaterials`), environment: link(base) },
    products: [{ id: productId, type: 'PING_ONE_BASE' }],
    createdAt: timeText(environmentCreatedAt),
    updatedAt: timeText(environmentCreatedAt),
  });
}

const licenseId = '11000000-0000-4000-8000-000000000001';
const productId = 'b1000000-0000-4000-8000-000000000001';
