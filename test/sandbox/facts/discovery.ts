import type { Fact } from './fact.ts';
import { called, differences } from './shape.ts';

// docs/pingone.md, section 2. `npm run compare` reads the same table against any environment.

const algorithms = ['RS256', 'RS384', 'RS512'];
const allAlgorithms = ['HS256', 'HS384', 'HS512', ...algorithms];

/** A field of the discovery document, in the recorded order. */
interface DiscoveryField {
  readonly field: string;
  /** `{A}` is the issuer. */
  readonly value: unknown;
  /** What else was recorded: another value, or none. */
  readonly also?: readonly unknown[];
  /** In one recording only: the sandbox has it not. */
  readonly seldom?: boolean;
}

export const discoveryFields: readonly DiscoveryField[] = [
  { field: 'issuer', value: '{A}' },
  { field: 'authorization_endpoint', value: '{A}/authorize' },
  { field: 'pushed_authorization_request_endpoint', value: '{A}/par' },
  { field: 'token_endpoint', value: '{A}/token' },
  { field: 'userinfo_endpoint', value: '{A}/userinfo' },
  { field: 'jwks_uri', value: '{A}/jwks' },
  { field: 'end_session_endpoint', value: '{A}/signoff' },
  { field: 'ping_end_idp_session_endpoint', value: '{A}/idpSignoff', also: [undefined] },
  { field: 'check_session_iframe', value: '{A}/checksession', also: [undefined], seldom: true },
  { field: 'introspection_endpoint', value: '{A}/introspect' },
  { field: 'revocation_endpoint', value: '{A}/revoke' },
  { field: 'device_authorization_endpoint', value: '{A}/device_authorization' },
  { field: 'claims_parameter_supported', value: false },
  { field: 'request_parameter_supported', value: true },
  { field: 'request_uri_parameter_supported', value: false },
  { field: 'require_pushed_authorization_requests', value: false },
  {
    field: 'scopes_supported',
    value: ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'],
    also: [['openid', 'profile', 'email', 'address', 'phone']],
  },
  {
    field: 'response_types_supported',
    value: ['code', 'id_token', 'token id_token', 'code id_token', 'code token', 'code token id_token'],
  },
  { field: 'response_modes_supported', value: ['pi.flow', 'query', 'fragment', 'form_post'] },
  {
    field: 'grant_types_supported',
    value: [
      'authorization_code',
      'implicit',
      'client_credentials',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code',
    ],
  },
  { field: 'subject_types_supported', value: ['public'] },
  { field: 'id_token_signing_alg_values_supported', value: ['RS256'] },
  { field: 'userinfo_signing_alg_values_supported', value: ['none'] },
  { field: 'request_object_signing_alg_values_supported', value: ['none', ...allAlgorithms] },
  {
    field: 'token_endpoint_auth_methods_supported',
    value: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'],
  },
  { field: 'token_endpoint_auth_signing_alg_values_supported', value: allAlgorithms },
  { field: 'claim_types_supported', value: ['normal'] },
  {
    field: 'claims_supported',
    value: [
      ...['sub', 'iss', 'auth_time', 'acr', 'name', 'given_name', 'family_name', 'middle_name'],
      ...['preferred_username', 'profile', 'picture', 'zoneinfo', 'phone_number', 'updated_at', 'address'],
      ...['email', 'locale'],
    ],
  },
  { field: 'code_challenge_methods_supported', value: ['plain', 'S256'] },
];

const document = { to: '{A}/.well-known/openid-configuration' };

const inSandbox = discoveryFields.filter(({ seldom }) => !seldom);
const recordedOrder = (body: unknown) =>
  Object.keys(body as object).join() === inSandbox.map(({ field }) => field).join();

export function saysOfField({ field, value }: DiscoveryField): string {
  const values = [value].flat().map((one) => `\`${String(one)}\``);
  return `The discovery document has \`${field}\`: ${values.join(', ')}`;
}

/** Of the answer at `jwks_uri`: at least one key, none of them private. */
export const keysShape = {
  keys: called(
    'a list of public RSA keys',
    (keys) => Array.isArray(keys) && keys.length > 0 && keys.every((key) => differences(keyShape, key).length === 0),
  ),
};
const keyShape = { kty: 'RSA', kid: String, n: String, e: String, d: undefined };

export const discoveryFacts: readonly Fact[] = [
  ...inSandbox.map(
    (field): Fact => ({
      section: '2',
      certainty: 'C',
      says: saysOfField(field),
      request: document,
      expect: { status: 200, body: { [field.field]: field.value } },
    }),
  ),
  {
    section: '2',
    certainty: 'C',
    says: 'The discovery document has the recorded fields, in the recorded order, and no others',
    request: document,
    expect: { status: 200, body: recordedOrder },
  },
  {
    section: '2',
    certainty: 'I',
    says: 'The discovery document does not say that the authorize response has `iss`, nor of DPoP',
    request: document,
    expect: {
      status: 200,
      body: { authorization_response_iss_parameter_supported: undefined, dpop_signing_alg_values_supported: undefined },
    },
  },
  {
    section: '5',
    certainty: 'C',
    says: 'The keys are RSA, each with a `kid`',
    request: { to: '{A}/jwks' },
    expect: { status: 200, body: keysShape },
  },
];
