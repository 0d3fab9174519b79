import { describe, expect, it } from 'vitest';
import { blamedSettings } from '../../src/config/blamed-settings.ts';
import { resolveSettings, type SettingFlags } from '../../src/config/settings.ts';
import { Failure } from '../../src/errors.ts';

const environmentId = '01234567-89ab-cdef-0123-456789abcdef';

function resolve(flags: SettingFlags, env: Record<string, string> = {}, values: SettingFlags = {}) {
  return resolveSettings(flags, env, { name: 'work', isNamed: false, values });
}

describe('a failure about a value', () => {
  const failed = (code: string) => new Failure('refused', 'no', { code });

  it('says where the value came from, and no secret', () => {
    const env = { PINGONE_ENVIRONMENT_ID: environmentId, PINGONE_CLIENT_ID: 'abc', PINGONE_CLIENT_SECRET: 'hush' };
    expect(blamedSettings(resolve({ authMethod: 'client_secret_post' }, env), failed('invalid_client'))).toEqual([
      { target: 'client ID', message: 'abc (from PINGONE_CLIENT_ID)' },
      { target: 'client secret', message: '(from PINGONE_CLIENT_SECRET)' },
      { target: 'client authentication', message: 'client_secret_post (from --auth-method)' },
    ]);
  });

  it.each([
    ['unauthorized_client', ['client ID', 'worker client ID']],
    ['unknown_client', ['client ID', 'environment ID', 'authorization server base']],
    ['redirect_uri_mismatch', ['redirect URI', 'client ID']],
    ['invalid_redirect_uri', ['redirect URI']],
    ['invalid_scope', ['scopes']],
    ['scope_without_openid', ['scopes']],
    ['unsupported_response_type', ['response type of the implicit grant']],
    ['NOT_FOUND', ['environment ID', 'authorization server base', 'API base']],
    ['issuer_mismatch', ['environment ID', 'authorization server base']],
    ['insecure_endpoint', ['authorization server base', 'API base']],
    ['jwks_uri_missing', ['authorization server base']],
    ['redirect_refused', ['authorization server base', 'API base']],
    ['unexpected_answer', ['authorization server base', 'API base']],
    ['unexpected_status', ['environment ID', 'authorization server base', 'API base']],
    ['dns', ['authorization server base', 'API base']],
    ['connection_refused', ['authorization server base', 'API base']],
    ['private_key_missing', ['client authentication']],
    ['private_key_unusable', ['private key file']],
    ['client_secret_missing', ['client authentication']],
  ])('(%s) names those that may be wrong: %j', (code, labels) => {
    const flags: SettingFlags = {
      environmentId,
      region: 'eu',
      customDomain: 'auth.example.com',
      authUrl: 'https://auth.example.com',
      apiUrl: 'https://api.example.com/v1',
      clientId: 'abc',
      authMethod: 'private_key_jwt',
      privateKey: 'key.pem',
      redirectUri: 'https://127.0.0.1/cb',
      scope: 'openid',
      responseType: 'id_token',
    };
    const settings = resolve(flags, { PING14C_WORKER_CLIENT_ID: 'worker' });
    expect(blamedSettings(settings, failed(code)).map(({ target }) => target)).toEqual(labels);
  });

  it.each<[SettingFlags, string[]]>([
    [{ environmentId, region: 'us' }, ['environment ID']],
    [{ environmentId, authUrl: 'auth', region: 'eu' }, ['environment ID', 'region']],
    [{ environmentId, customDomain: 'a/b', region: 'eu' }, ['environment ID', 'region']],
  ])('passes over what cannot be used at all, in %j', (values, labels) => {
    const details = blamedSettings(resolve({}, {}, values), failed('NOT_FOUND'));
    expect(details.map(({ target }) => target)).toEqual(labels);
  });

  it.each<[SettingFlags, string[]]>([
    [{ environmentId }, [`${environmentId} (from profile "work")`, 'com (the default)']],
    [{ environmentId, region: 'eu' }, [`${environmentId} (from profile "work")`, 'eu (from profile "work")']],
    [
      { environmentId, region: 'eu', customDomain: 'auth.example.com' },
      [`${environmentId} (from profile "work")`, 'auth.example.com (from profile "work")'],
    ],
  ])('names of %j only what has decided the address', (values, messages) => {
    const details = blamedSettings(resolve({}, {}, values), failed('NOT_FOUND'));
    expect(details.map(({ message }) => message)).toEqual(messages);
  });

  it('that is missing names what is set and does not count', () => {
    const [detail] = blamedSettings(resolve({}, { PINGONE_CLIENT_ID: 'abc' }), failed('setting_missing'));
    expect(detail?.message).toMatch(/^PINGONE_CLIENT_ID\. .* set PINGONE_ENVIRONMENT_ID too\.$/);
  });

  it('names the file that the value was just taken from', () => {
    const values = { environmentId, authUrl: 'https://auth.example.com' };
    const imported = { file: 'config.cfg', values: { environmentId } };
    const settings = resolveSettings({}, {}, { name: 'new', isNamed: true, values, imported });
    expect(blamedSettings(settings, failed('NOT_FOUND')).map(({ message }) => message)).toEqual([
      `${environmentId} (from config.cfg)`,
      'https://auth.example.com (from profile "new")',
    ]);
  });

  it.each(['unexpected', 'constructor'])('of another kind (%s) has nothing to add', (code) => {
    expect(blamedSettings(resolve({ environmentId }), failed(code))).toEqual([]);
  });
});
