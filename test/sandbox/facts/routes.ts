import { absentEndpoints, endpoints } from '../../../src/sandbox/authorization-server.ts';
import { routes } from '../../../src/sandbox/management-api.ts';
import { actionsByName } from '../../../src/sandbox/sign-on/flow-actions.ts';

/** One way to be answered by the sandbox. */
export interface Route {
  readonly method: string;
  /** With `{A}`, `{P}` and `{E}` as in a fact's request; `:name` stands for a variable part. */
  readonly path: string;
  /** The types of the body; none where it has none. */
  readonly mediaTypes: readonly string[];
  /** Who may ask, in words. */
  readonly asks: string;
}

const form = ['application/x-www-form-urlencoded'];

/** What authenticates a request below the issuer; `routes.test.ts` asks without. */
const authentication: Readonly<Record<string, string>> = {
  par: 'client',
  token: 'client',
  introspect: 'client',
  revoke: 'client',
  device_authorization: 'client',
  userinfo: 'access token with `openid`',
  resume: 'cookie',
  signoff: 'cookie',
  idpSignoff: 'ID token',
};

/** What PingOne has, and the sandbox only says 501 to. */
export const absentPaths: readonly string[] = absentEndpoints.map((path) => `{A}/${path}`);

/** All routes, from the tables that the sandbox goes by. */
export const allRoutes: readonly Route[] = [
  ...Object.entries(endpoints).flatMap(([path, { methods }]) =>
    methods.map((method) => ({
      method,
      path: `{A}/${path}`,
      mediaTypes: method === 'POST' && path !== 'userinfo' ? form : [],
      asks: authentication[path] ?? 'anybody',
    })),
  ),
  { method: 'GET', path: '{E}/device', mediaTypes: [], asks: 'anybody' },
  { method: 'GET', path: '{E}/signon/', mediaTypes: [], asks: 'cookie' },
  { method: 'POST', path: '{E}/signon/', mediaTypes: form, asks: 'cookie' },
  { method: 'GET', path: '{E}/flows/:flowId', mediaTypes: [], asks: 'cookie' },
  ...Object.keys(actionsByName).map((name) => ({
    method: 'POST',
    path: '{E}/flows/:flowId',
    mediaTypes: [`application/vnd.pingidentity.${name}`],
    asks: 'cookie',
  })),
  ...routes.map((route) => ({
    method: route.method,
    path: `{origin}/v1/${route.path}`.replace('{origin}/v1/environments/:environmentId', '{P}').replace(/\/$/, ''),
    mediaTypes: route.mediaTypes,
    asks: asksForApi(route),
  })),
];

function asksForApi({ of, scope }: (typeof routes)[number]): string {
  if (of === 'browser') return 'cookie';
  return scope === undefined ? 'worker with a role' : `worker with a role, or \`${scope}\``;
}
