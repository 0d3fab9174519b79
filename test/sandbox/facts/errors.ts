import type { Fact, FactRequest } from './fact.ts';
import { called, uuid } from './shape.ts';

// docs/pingone.md, section 8: error objects, headers and media types.

const access = 'The request could not be completed. You do not have access to this resource.';
const unknown = 'd0000000-0000-4000-8000-0000000000ff';

/** Refused by the gateway before anything of PingOne sees it. */
const byGateway = {
  status: 403,
  headers: { 'x-amzn-errortype': String, 'correlation-id': undefined },
  body: { message: String, code: undefined, id: undefined },
};

const withHeaders = (headers: Readonly<Record<string, string>>): FactRequest => ({
  to: '{P}/users/{ada}',
  as: 'worker',
  headers,
});

/** On every answer; the value where it is on record. */
const headers: Readonly<Record<string, unknown>> = {
  'correlation-id': uuid,
  'cache-control': String,
  'content-type': String,
  date: String,
  expires: String,
  pragma: String,
  'strict-transport-security': /^max-age=\d+/,
  vary: String,
  via: String,
  'x-content-type-options': 'nosniff',
  'x-frame-options': String,
  'x-xss-protection': String,
};

const sameId = (all: unknown) => {
  const { 'correlation-id': id, 'x-amzn-requestid': other } = all as Readonly<Record<string, unknown>>;
  return id !== undefined && id === other;
};

const asked: readonly (readonly [string, FactRequest, number])[] = [
  ['the management API', { to: '{P}/users/{ada}', as: 'worker' }, 200],
  ['its refusals', { to: '{P}/users/{ada}' }, 401],
  ['discovery', { to: '{A}/.well-known/openid-configuration' }, 200],
  ['the token endpoint', { to: '{A}/token', form: { grant_type: 'x' } }, 400],
];

export const errorFacts: readonly Fact[] = [
  ...asked.flatMap(([where, request, status]) =>
    Object.entries(headers).map(
      ([name, value]): Fact => ({
        section: '8',
        certainty: 'C',
        says: `Answers of ${where} have the header \`${name}\``,
        request,
        expect: { status, headers: { [name]: value } },
      }),
    ),
  ),
  {
    section: '8',
    certainty: 'C3',
    says: '`x-amzn-requestid` is the same as `Correlation-Id`',
    request: { to: '{P}/users/{ada}', as: 'worker' },
    expect: { status: 200, headers: called('with one ID', sameId) },
  },
  {
    section: '8',
    certainty: 'C3',
    says: 'No token: 401, ACCESS_FAILED, detail INVALID_TOKEN, target `Authentication Credentials`, and its words',
    request: { to: '{P}/users/{ada}' },
    expect: {
      status: 401,
      body: {
        id: uuid,
        code: 'ACCESS_FAILED',
        details: [
          {
            code: 'INVALID_TOKEN',
            target: 'Authentication Credentials',
            message: 'The authorization token is either missing or invalid, or it has expired.',
          },
        ],
      },
    },
  },
  {
    section: '8',
    certainty: 'C',
    says: 'No permission: 403, ACCESS_FAILED, `You do not have access to this resource.`, detail INSUFFICIENT_PERMISSIONS',
    request: { to: '{P}/users/{grace}', as: 'ada' },
    expect: {
      status: 403,
      body: {
        id: uuid,
        code: 'ACCESS_FAILED',
        message: access,
        details: [
          {
            code: 'INSUFFICIENT_PERMISSIONS',
            message: 'The actor attempting to perform the request is not authorized.',
          },
        ],
      },
    },
  },
  {
    section: '8',
    certainty: 'C',
    says: 'Not there: 404, NOT_FOUND, `The requested resource was not found.`',
    request: { to: `{P}/users/${unknown}`, as: 'worker' },
    expect: {
      status: 404,
      body: {
        id: uuid,
        code: 'NOT_FOUND',
        message: 'The request could not be completed. The requested resource was not found.',
      },
    },
  },
  {
    section: '8',
    certainty: 'C',
    says: "An environment that is not there: 404, NOT_FOUND, `Unable to find environment with ID: '…'`",
    request: { to: `{P}/../${unknown}`, as: 'worker' },
    expect: {
      status: 404,
      body: {
        id: uuid,
        code: 'NOT_FOUND',
        message: `Unable to find environment with ID: '${unknown}'`,
        details: undefined,
      },
    },
  },
  {
    section: '8',
    certainty: 'C',
    says: 'A body that is no JSON: 400, INVALID_REQUEST, `The request was malformed or invalid.`',
    request: { to: '{P}/users/{ada}', method: 'PATCH', as: 'worker', json: 'no object' },
    expect: {
      status: 400,
      body: {
        id: uuid,
        code: 'INVALID_REQUEST',
        message: 'The request could not be completed. The request was malformed or invalid.',
      },
    },
  },
  {
    section: '8',
    certainty: 'C3',
    says: 'A path of the API that PingOne has not: 403 from the gateway, in a third grammar, without Correlation-Id',
    request: { to: '{P}/no-such-thing', as: 'worker' },
    expect: byGateway,
  },
  {
    section: '8',
    certainty: 'C3',
    says: 'The gateway says of a Bearer token: `Invalid key=value pair (missing equal-sign) in Authorization header …`',
    request: { to: '{P}/no-such-thing', as: 'worker' },
    expect: {
      status: 403,
      body: { message: /^Invalid key=value pair \(missing equal-sign\) in Authorization header/ },
    },
  },
  {
    section: '8',
    certainty: 'C3',
    says: 'A path below the issuer that PingOne has not: likewise',
    request: { to: '{A}/no-such-thing' },
    expect: byGateway,
  },
  {
    section: '8',
    certainty: 'C3',
    says: 'Success is `application/json;charset=UTF-8` where the request accepts `application/json`',
    request: withHeaders({ accept: 'application/json' }),
    expect: { status: 200, headers: { 'content-type': /^application\/json;\s?charset=UTF-8$/i } },
  },
  {
    section: '8',
    certainty: 'C',
    says: 'Success is `application/hal+json` where that is asked for',
    request: withHeaders({ accept: 'application/hal+json' }),
    expect: { status: 200, headers: { 'content-type': /^application\/hal\+json/ } },
  },
  {
    section: '8',
    certainty: 'C',
    says: 'Success is `application/hal+json` where anything is accepted',
    request: withHeaders({ accept: '*/*' }),
    expect: { status: 200, headers: { 'content-type': /^application\/hal\+json/ } },
  },
];
