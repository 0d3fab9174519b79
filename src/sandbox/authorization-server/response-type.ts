import type { Application } from '../seed/application.ts';
import { failed, invalidRequest, type Refusal } from './refusal.ts';

export type ResponseType = 'code' | 'token' | 'id_token';
export type ResponseMode = 'query' | 'fragment' | 'form_post' | 'pi.flow';

/** What each response type needs of the application (docs/pingone.md, section 9). */
const needs = {
  code: { responseType: 'CODE', grantType: 'AUTHORIZATION_CODE' },
  token: { responseType: 'TOKEN', grantType: 'IMPLICIT' },
  id_token: { responseType: 'ID_TOKEN', grantType: 'IMPLICIT' },
} as const;

const modes: readonly string[] = ['query', 'fragment', 'form_post', 'pi.flow'] satisfies readonly ResponseMode[];

/** The parts of `response_type`; their order does not matter (OAuth 2.0 Multiple Response Types, section 3). */
export function responseTypesOf(application: Application, parameter: string | null): readonly ResponseType[] | Refusal {
  if (!parameter) return invalidRequest('response_type is required');
  const types = parameter.split(' ');
  const supported = types.every((type) => isEnabled(application, type)) && new Set(types).size === types.length;
  if (!supported) return failed('unsupported_response_type', `Unsupported response type: ${parameter}`);
  return types as ResponseType[];
}

/** Where the answer goes unless the request says so; a refusal too, also of a type that is not enabled (RFC 6749, section 4.2.2.1). */
export function defaultResponseMode(responseType: string | null): 'query' | 'fragment' {
  return responseType?.split(' ').some((type) => type === 'token' || type === 'id_token') ? 'fragment' : 'query';
}

/** Tokens never travel in a query (OAuth 2.0 Multiple Response Types, section 5). */
export function responseModeOf(responseType: string | null, parameter: string | null): ResponseMode | Refusal {
  const usual = defaultResponseMode(responseType);
  if (parameter === null) return usual;
  if (!modes.includes(parameter)) return invalidRequest(`Unsupported response mode: ${parameter}`);
  if (parameter === 'query' && usual === 'fragment') return invalidRequest('response_mode query cannot carry tokens');
  return parameter as ResponseMode;
}

function isEnabled({ responseTypes, grantTypes }: Application, type: string): boolean {
  if (!Object.hasOwn(needs, type)) return false;
  const { responseType, grantType } = needs[type as ResponseType];
  return responseTypes.includes(responseType) && grantTypes.includes(grantType);
}
