import type { Environment } from '../environment.ts';
import type { Flow } from './flow.ts';

/** The flow as JSON (docs/pingone.md, section 3). */
export function flowResource(environment: Environment, flow: Flow): Readonly<Record<string, unknown>> {
  const { origin, issuer, seed, directory } = environment;
  const user = flow.userId === undefined ? undefined : directory.find(flow.userId);
  const changing = flow.status === 'MUST_CHANGE_PASSWORD' || flow.status === 'PASSWORD_EXPIRED';
  const { purpose } = flow;
  const application = purpose.kind === 'authorization' ? purpose.request.application : purpose.grant?.application;
  const { given, family } = user?.attributes.name ?? {};
  return {
    _links: { self: { href: `${origin}/${seed.environment.id}/flows/${flow.id}` } },
    id: flow.id,
    session: { id: flow.sessionId },
    resumeUrl: `${issuer}/resume?flowId=${flow.id}`,
    status: flow.status,
    createdAt: new Date(flow.createdAt).toISOString(),
    expiresAt: new Date(flow.expiresAt).toISOString(),
    _embedded: {
      ...(user ? { user: { id: user.id, username: user.username, name: { given, family } } } : {}),
      ...(application ? { application: { name: application.name } } : {}),
      ...(user && changing ? { passwordPolicy: user.credential.policy } : {}),
    },
  };
}
