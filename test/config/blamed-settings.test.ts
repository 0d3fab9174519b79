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
