import { createHash } from 'node:crypto';
import type { SandboxRequest } from './request.ts';
import { json, type SandboxResponse } from './response.ts';

/** Answers with PingOne's error object, as the management API, the flows and userinfo answer with. */
export function platformError(
  request: Pick<SandboxRequest, 'correlationId'>,
  kind: PlatformErrorKind,
  details: readonly PlatformErrorDetail[] = [],
  headers: NonNullable<SandboxResponse['headers']> = {},
): SandboxResponse {
  const { status, code, message } = platformErrors[kind];
  const id = request.correlationId;
  const body = { id, code, message, details: details.length > 0 ? details : undefined };
  const notice = [code, ...details.map((detail) => [detail.code, detail.target].filter(Boolean).join(' '))].join(', ');
  return { ...json(status, body, headers), notice };
}

/**
 * Refuses what PingOne has no route for, path or method, as the gateway before it does: in a third grammar, which speaks of
 * the `Authorization` header that it reads as a signature of its own (docs/pingone.md, section 8).
 */
export function gatewayRefusal({ headers }: Pick<SandboxRequest, 'headers'>): SandboxResponse {
  const { authorization } = headers;
  const [type, message] =
    authorization === undefined
      ? ['MissingAuthenticationTokenException', 'Missing Authentication Token']
      : ['IncompleteSignatureException', notASignature(authorization)];
  return {
    from: 'gateway',
    notice: 'PingOne has no such path, or not with this method',
    ...json(403, { message }, { 'content-type': 'application/json', 'x-amzn-errortype': type }),
  };
}

function notASignature(authorization: string): string {
  const hash = createHash('sha256').update(authorization).digest('base64');
  return `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hash}'.`;
}

/**
 * Refuses what PingOne has and the sandbox has not. Ping's Go SDK tries a 501 again for minutes, unless it is told not to wait
 * (its `management/client_ext.go`).
 */
export function notInSandbox(request: Pick<SandboxRequest, 'correlationId'>): SandboxResponse {
  return {
    ...platformError(request, 'notImplemented', [], { 'retry-after': '0' }),
    notice: 'PingOne has this, the sandbox has not',
  };
}

/**
 * Refuses a request that has no access token, or none that is valid.
 *
 * @param why which of them it is, for the log alone
 */
export function tokenRefused(request: Pick<SandboxRequest, 'correlationId'>, why: string): SandboxResponse {
  const detail = {
    code: 'INVALID_TOKEN',
    target: 'Authentication Credentials',
    message: 'The authorization token is either missing or invalid, or it has expired.',
  };
  return { ...platformError(request, 'invalidToken', [detail]), notice: `${detail.code}: ${why}` };
}

/**
 * Refuses a request whose access token is valid, but does not allow this by its scopes, roles or subject.
 *
 * @param why what it would need, for the log alone
 */
export function permissionRefused(request: Pick<SandboxRequest, 'correlationId'>, why: string): SandboxResponse {
  const detail = {
    code: 'INSUFFICIENT_PERMISSIONS',
    message: 'The actor attempting to perform the request is not authorized.',
  };
  return { ...platformError(request, 'accessFailed', [detail]), notice: `${detail.code}: ${why}` };
}

/** Refuses an environment that is not there, in words of its own (docs/pingone.md, section 8). */
export function environmentNotFound(
  request: Pick<SandboxRequest, 'correlationId'>,
  environmentId: string,
): SandboxResponse {
  const { status, code } = platformErrors.notFound;
  return json(status, {
    id: request.correlationId,
    code,
    message: `Unable to find environment with ID: '${environmentId}'`,
  });
}

/** Refuses one attribute of the body that is not as it must be, e.g. `email` that "must be a well-formed email address". */
export function validationError(
  request: Pick<SandboxRequest, 'correlationId'>,
  target: string,
  problem: string,
): SandboxResponse {
  const { status, code } = platformErrors.invalidData;
  const body = {
    id: request.correlationId,
    code,
    message: `Validation Error : [${target} ${problem}]`,
    details: [{ code: 'INVALID_VALUE', target, message: problem }],
  };
  return { ...json(status, body), notice: `${code}, ${target} ${problem}` };
}

/** One of `details[]` in PingOne's error object. */
export interface PlatformErrorDetail {
  readonly code: string;
  readonly target?: string;
  readonly message?: string;
  readonly innerError?: Readonly<Record<string, unknown>> | undefined;
}

/** What PingOne says of this kind of error, before any detail. */
export function platformMessage(kind: PlatformErrorKind): string {
  return platformErrors[kind].message;
}

type PlatformErrorKind = keyof typeof platformErrors;

const message = (text: string) => `The request could not be completed. ${text}`;

/** PingOne's platform errors, by what a person would call them (docs/pingone.md, sections 8 and 14). */
const platformErrors = {
  invalidData: {
    status: 400,
    code: 'INVALID_DATA',
    message: message('One or more validation errors were in the request.'),
  },
  invalidRequest: {
    status: 400,
    code: 'INVALID_REQUEST',
    message: message('The request was malformed or invalid.'),
  },
  requestFailed: {
    status: 400,
    code: 'REQUEST_FAILED',
    message: message('There was an issue processing the request.'),
  },
  invalidToken: {
    status: 401,
    code: 'ACCESS_FAILED',
    message: message('You do not have access to this resource.'),
  },
  accessFailed: {
    status: 403,
    code: 'ACCESS_FAILED',
    message: message('You do not have access to this resource.'),
  },
  notFound: {
    status: 404,
    code: 'NOT_FOUND',
    message: message('The requested resource was not found.'),
  },
  methodNotAllowed: {
    status: 405,
    code: 'INVALID_REQUEST',
    message: message('The request was malformed or invalid.'),
  },
  notImplemented: {
    status: 501,
    code: 'NOT_IMPLEMENTED',
    message: message('PingOne has this endpoint; the sandbox of ping14c has it not.'),
  },
  unsupportedMediaType: {
    status: 415,
    code: 'INVALID_REQUEST',
    message:
      'The server is refusing to service the request because the entity of the request is in a format not supported by the requested resource for the requested method.',
  },
} as const;
