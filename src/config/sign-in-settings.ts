import type { SettingDefinition } from './definitions.ts';
import { oneOf, redirectUri, responseType, scopes, seconds, yesOrNo } from './setting-values.ts';

/** What a sign-in asks for, and a sign-off. */
export const signInSettings = {
  scope: {
    label: 'scopes',
    flag: '--scope <scopes>',
    variables: ['PING14C_SCOPE'],
    default: 'openid profile email address phone p1:read:user p1:read:userPassword p1:reset:userPassword',
    parse: scopes,
  },
  redirectUri: {
    label: 'redirect URI',
    flag: '--redirect-uri <uri>',
    variables: ['PING14C_REDIRECT_URI'],
    default: 'https://127.0.0.1/callback',
    parse: redirectUri,
  },
  grant: {
    label: 'grant that login uses',
    variables: ['PING14C_GRANT'],
    default: 'authorization_code',
    parse: (text) => oneOf(['authorization_code', 'implicit', 'device_code'], text),
  },
  responseType: {
    label: 'response type of the implicit grant',
    flag: '--response-type <types>',
    only: 'login',
    variables: ['PING14C_RESPONSE_TYPE'],
    default: 'token id_token',
    parse: responseType,
  },
  par: {
    label: 'pushed authorization requests',
    flag: '--par',
    only: 'login',
    variables: ['PING14C_PAR'],
    default: 'false',
    parse: yesOrNo,
  },
  prompt: {
    label: 'prompt of the sign-on',
    flag: '--prompt <prompt>',
    only: 'login',
    variables: ['PING14C_PROMPT'],
    choices: ['login', 'none', 'consent'],
    parse: (text) => oneOf(['login', 'none', 'consent'], text),
  },
  maxAge: {
    label: 'seconds since the last sign-on, at most',
    flag: '--max-age <seconds>',
    only: 'login',
    variables: ['PING14C_MAX_AGE'],
    parse: (text) =>
      /^\d{1,9}$/.test(text) ? { value: String(Number(text)) } : { problem: 'is not a number of seconds' },
  },
  acrValues: {
    label: 'sign-on policies, by name',
    flag: '--acr-values <names>',
    only: 'login',
    variables: ['PING14C_ACR_VALUES'],
  },
  postLogoutRedirectUri: {
    label: 'where the sign-off page leads',
    flag: '--post-logout-redirect-uri <uri>',
    only: 'logout',
    variables: ['PING14C_POST_LOGOUT_REDIRECT_URI'],
    parse: (text) =>
      URL.canParse(text) ? { value: text } : { problem: 'is not an address such as https://example.com/bye' },
  },
  timeout: {
    label: 'sign-in deadline',
    flag: '--timeout <seconds>',
    variables: ['PING14C_TIMEOUT'],
    default: '300',
    parse: seconds,
  },
} as const satisfies Record<string, SettingDefinition>;
