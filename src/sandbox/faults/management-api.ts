import { json } from '../response.ts';
import type { Fault } from './fault.ts';
import { cut, doThenCut, doThenStall, gateway, managementApi, passwordPut, truncate } from './traffic.ts';

/** What the management API, or something on the way to it, does wrong. */
export const managementApiFaults = {
  'api-429': {
    happens: 'every second request is told to come back in a second (429, Retry-After)',
    meetsIt: 'whoami',
    traffic: {
      at: managementApi,
      answer: async ({ correlationId: id }, proceed, count) =>
        count % 2 === 1
          ? json(
              429,
              { id, code: 'REQUEST_LIMITED', message: 'Too many requests were sent. Try again later.' },
              { 'retry-after': '1' },
            )
          : proceed(),
    },
  },
  'api-503': {
    happens: 'the API answers 503, whatever is asked',
    meetsIt: 'whoami',
    traffic: { at: managementApi, answer: gateway(503) },
  },
  'api-html': {
    happens: 'a proxy answers in place of the API, with a page and status 200',
    meetsIt: 'passwd',
    traffic: { at: managementApi, answer: gateway(200) },
  },
  'api-redirects': {
    happens: 'the API answers with a redirect to another host, method and body kept (307)',
    meetsIt: 'passwd',
    traffic: { at: managementApi, answer: gateway(307, { location: 'https://elsewhere.example/' }) },
  },
  'api-truncated': {
    happens: 'half of every answer of the API arrives',
    meetsIt: 'whoami',
    traffic: { at: managementApi, answer: truncate },
  },
  'password-put-resets': {
    happens: 'the password is changed, and the connection is reset before the answer',
    meetsIt: 'passwd',
    traffic: { at: passwordPut, answer: doThenCut },
  },
  'password-put-lost': {
    happens: 'the connection is reset before the password is changed',
    meetsIt: 'passwd',
    traffic: { at: passwordPut, answer: cut },
  },
  'password-put-stalls': {
    happens: 'the password is changed, and no answer ever comes',
    meetsIt: 'passwd, with PING14C_HTTP_TIMEOUT=5',
    traffic: { at: passwordPut, answer: doThenStall },
  },
  'password-put-html': {
    happens: 'a proxy answers the change of the password with a page, and has not passed it on',
    meetsIt: 'passwd',
    traffic: { at: passwordPut, answer: gateway(502) },
  },
} as const satisfies Readonly<Record<string, Fault>>;
