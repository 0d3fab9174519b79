import { connectionSettings } from './connection-settings.ts';
import type { Parsed } from './setting-values.ts';
import { signInSettings } from './sign-in-settings.ts';

export interface SettingDefinition {
  /** What a person calls it. */
  readonly label: string;
  /** Commander's notation; absent where there is no flag, as for every secret. */
  readonly flag?: string;
  /** The one command that has the flag; all have it where this is absent. */
  readonly only?: string;
  /** Strongest first: ours, then those of Ping's Go SDK and Terraform provider. */
  readonly variables: readonly string[];
  readonly default?: string;
  /** Never in a profile, a flag or a listing. */
  readonly secret?: true;
  /** What the help offers; `parse` decides. */
  readonly choices?: readonly string[];
  readonly parse?: (text: string) => Parsed;
}

/** Every setting, in the order in which they are listed to a person. */
export const definitions = { ...connectionSettings, ...signInSettings };

export type SettingKey = keyof typeof definitions;

export function isSettingKey(text: string): text is SettingKey {
  return Object.hasOwn(definitions, text);
}

export function definitionOf(key: SettingKey): SettingDefinition {
  return definitions[key];
}

/** What `ping14c config` calls a setting: its key in lower case with hyphens, e.g. `environment-id`. */
export function settingName(key: SettingKey): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The setting of that name, if there is one. */
export function settingNamed(name: string): SettingKey | undefined {
  return (Object.keys(definitions) as SettingKey[]).find((key) => settingName(key) === name || key === name);
}
