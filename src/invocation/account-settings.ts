import { configFolder } from '../config/folders.ts';
import { type Profile, readProfiles } from '../config/profile.ts';
import { endpointsOf, optional, resolveSettings, type Setting, type Settings } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import type { SessionIdentity } from '../session/session.ts';
import type { Workplace } from './invocation.ts';

/**
 * Settings with which to speak to the server of something stored, whatever profile is in use and what has become of its own
 * since. Where the present settings name another client, its secret is not taken for this one.
 */
export async function accountSettings(workplace: Workplace, identity: SessionIdentity): Promise<Settings> {
  const { runtime, flags } = workplace;
  const { profiles } = await readProfiles(configFolder(workplace)).catch((error: unknown) => {
    if (error instanceof Failure) return { profiles: {} as Readonly<Record<string, Profile>> };
    throw error;
  });
  const name = identity.profile;
  const values = Object.hasOwn(profiles, name) ? (profiles[name] ?? {}) : {};
  const [present, own] = [
    resolveSettings(flags, runtime.env, { name, values }),
    resolveSettings({}, {}, { name, values }),
  ];
  if (belongsTo(present, identity)) return present;
  const { clientSecret: _secret, authMethod: _method, privateKey: _key, ...others } = present.all;
  const { authMethod, privateKey } = belongsTo(own, identity) ? own.all : {};
  return {
    profile: name,
    all: {
      ...others,
      ...addressOf(identity),
      clientId: known(identity.clientId, name),
      ...(authMethod ? { authMethod } : {}),
      ...(privateKey ? { privateKey } : {}),
    },
  };
}

function belongsTo(settings: Settings, { issuer, environmentId, clientId }: SessionIdentity): boolean {
  if (optional(settings, 'environmentId') !== environmentId || optional(settings, 'clientId') !== clientId)
    return false;
  return endpointsOf(settings).issuer === issuer;
}

/** The settings that make this issuer: see `issuerOf`. */
function addressOf({ issuer, environmentId, profile }: SessionIdentity): Settings['all'] {
  const ending = `/${environmentId}/as`;
  const environment = { environmentId: known(environmentId, profile) };
  if (!issuer.endsWith(ending)) return { ...environment, customDomain: known(new URL(issuer).host, profile) };
  return { ...environment, authUrl: known(issuer.slice(0, -ending.length), profile) };
}

function known(value: string, profile: string): Setting {
  return { value, origin: { kind: 'profile', name: profile } };
}
