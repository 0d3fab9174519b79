import type { Application } from '../seed/application.ts';
import { failed, invalidRequest, isRefusal, type Refusal } from './refusal.ts';

export type ResponseType = 'code' | 'token' | 'id_token';
export type ResponseMode = 'query' | 'fragment' | 'form_post' | 'pi.flow';

/** What each response type needs of the application (pingone-api.md §9). */
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

/** Tokens never travel in a query (OAuth 2.0 Multiple Response Types, section 5). */
export function responseModeOf(
  responseTypes: readonly ResponseType[] | Refusal,
  parameter: string | null,
): ResponseMode | Refusal {
  const onlyCode = isRefusal(responseTypes) || responseTypes.every((type) => type === 'code');
  if (parameter === null) return onlyCode ? 'query' : 'fragment';
  if (!modes.includes(parameter)) return invalidRequest(`Unsupported response mode: ${parameter}`);
  if (parameter === 'query' && !onlyCode) return invalidRequest('response_mode query cannot carry tokens');
  return parameter as ResponseMode;
}

function isEnabled({ responseTypes, grantTypes }: Application, type: string): boolean {
  if (!Object.hasOwn(needs, type)) return false;
  const { responseType, grantType } = needs[type as ResponseType];
  return responseTypes.includes(responseType) && grantTypes.includes(grantType);
}
