import { seedWithNative } from '../../support/sandbox-client.ts';
import { discoveryFields } from './discovery.ts';
import type { Fact } from './fact.ts';
import { basicOf } from './pingone.ts';

import { uuid } from './shape.ts';

// docs/pingone.md, sections 1 and 4.5: the same environment at a custom domain, which is any of the sandbox's own names. A request
// that has the environment's ID in its path is answered as at PingOne's own hosts; one that has not, as here.

const authorize = {
  to: '{D}/as/authorize?response_type=code&client_id={native}&redirect_uri={callback}&scope=openid&code_challenge={challenge}&code_challenge_method=S256',
};
const device = { to: '{D}/as/device_authorization', form: { client_id: '{native}', scope: 'openid' } };

export const customDomainFacts: readonly Fact[] = [
  {
    section: '1',
    certainty: 'C',
    says: 'At a custom domain the issuer and all endpoints go without the environment’s ID',
    request: { to: '{D}/as/.well-known/openid-configuration' },
    expect: {
      status: 200,
      body: Object.fromEntries(
        discoveryFields
          .filter(({ seldom, value }) => !seldom && /^\{A\}/.test(String(value)))
          .map(({ field, value }) => [field, String(value).replace('{A}', '{D}/as')]),
      ),
    },
  },
  {
    section: '1',
    certainty: 'C',
    says: 'A token that was asked for at a custom domain has its issuer',
    request: {
      to: '{D}/as/token',
      form: { grant_type: 'client_credentials' },
      headers: basicOf('c0000000-0000-4000-8000-000000000003'),
    },
    expect: { status: 200, claims: { access_token: { iss: '{D}/as' } } },
  },
  {
    section: '1',
    certainty: 'C',
    says: 'A sign-on that begins at a custom domain has its pages there, at `/signon/`',
    request: authorize,
    expect: { status: 302, location: { to: '{D}/signon/', parameters: { flowId: uuid } } },
  },
  {
    section: '1',
    certainty: 'C',
    says: 'All of the auth host is at a custom domain, the flows included',
    request: { ...authorize, to: `${authorize.to}&response_mode=pi.flow` },
    expect: {
      status: 200,
      body: { _links: { self: { href: /^{D}\/flows\// } }, resumeUrl: /^{D}\/as\/resume\?flowId=/ },
    },
  },
  {
    section: '1',
    certainty: 'I',
    says: 'The cookie of a custom domain is for all of it',
    request: authorize,
    expect: {
      status: 302,
      headers: { 'set-cookie': [/^ST=[^;]+;(?=.* Path=\/;)(?=.* Secure(;|$))(?=.* HttpOnly(;|$))/] },
    },
  },
  {
    section: '4.5',
    certainty: 'C',
    says: 'A device is sent to the page of the custom domain that it began at, which names no application',
    request: device,
    expect: { status: 200, body: { verification_uri: '{D}/device' } },
  },
  {
    section: '4.5',
    certainty: 'C',
    says: 'At a custom domain, too, `devicePathId` names the page',
    seed: seedWithNative({ devicePathId: 'tv' }),
    request: device,
    expect: { status: 200, body: { verification_uri: '{D}/device/tv' } },
  },
];
