import type { Failure, FailureDetail } from '../errors.ts';
import { definitionOf, type SettingKey, settingText } from './setting-definitions.ts';
import { placeOf, type Settings } from './settings.ts';

/** The settings that decide which authorization server is asked, strongest first, and which servers at all. */
const serverKeys = ['authUrl', 'customDomain', 'region'] as const;
const addressKeys = [...serverKeys, 'apiUrl'] as const;
const clientKeys = ['clientId', 'workerClientId', 'clientSecret', 'workerClientSecret', 'authMethod'] as const;

/** Which settings may be what is wrong, by the code of a failure that came of them later on. */
const blamedKeys: Readonly<Record<string, readonly SettingKey[]>> = {
  invalid_client: clientKeys,
  unauthorized_client: ['clientId', 'workerClientId'],
  unknown_client: ['clientId', 'environmentId', ...serverKeys],
  redirect_uri_mismatch: ['redirectUri', 'clientId'],
  invalid_redirect_uri: ['redirectUri'],
  invalid_scope: ['scope'],
  scope_without_openid: ['scope'],
  unsupported_response_type: ['responseType'],
  NOT_FOUND: ['environmentId', ...addressKeys],
  issuer_mismatch: ['environmentId', ...serverKeys],
  insecure_endpoint: addressKeys,
  jwks_uri_missing: serverKeys,
  redirect_refused: addressKeys,
  unexpected_answer: addressKeys,
  unexpected_status: ['environmentId', ...addressKeys],
  dns: addressKeys,
  connection_refused: addressKeys,
  private_key_missing: ['authMethod'],
  private_key_unusable: ['privateKey'],
  client_secret_missing: ['authMethod'],
};

/** The values that a failure may be about, each with the place where a person can change it. Secrets stay hidden. */
export function blamedSettings(settings: Settings, { code }: Failure): readonly FailureDetail[] {
  // What is not set may well be set where it does not count.
  if (code === 'setting_missing' && settings.leftAside) {
    const { places, reason } = settings.leftAside;
    return [{ target: 'left aside', message: `${places.join(', ')}. ${reason}` }];
  }
  const keys = Object.hasOwn(blamedKeys, code) ? (blamedKeys[code] ?? []) : [];
  return keys.flatMap((key) => {
    if (settings.unfit.has(key)) return [];
    const [value, origin] = [settings.values[key], settings.origins[key]];
    // Nobody has chosen a default, but for the region's the servers asked are those of North America.
    if (value === undefined || !origin || isOverruled(key, settings)) return [];
    if (origin.kind === 'default' && key !== 'region') return [];
    const from = origin.kind === 'default' ? 'the default' : `from ${placeOf(origin)}`;
    const shown = definitionOf(key).secret ? '' : `${settingText(value)} `;
    return [{ target: definitionOf(key).label, message: `${shown}(${from})` }];
  });
}

function isOverruled(key: SettingKey, { values, unfit }: Settings): boolean {
  if (unfit.has('authUrl') || unfit.has('customDomain')) return false;
  if (key === 'customDomain') return values.authUrl !== undefined;
  return key === 'region' && (values.authUrl ?? values.customDomain) !== undefined;
}
