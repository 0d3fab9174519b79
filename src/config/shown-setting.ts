import { safeText } from '../output/safe-text.ts';
import { definitionOf, definitions, type SettingKey, settingName } from './definitions.ts';
import type { Origin, Setting, Settings } from './settings.ts';

/** A setting as it is listed: made safe for a terminal, and without the value where that is a secret. */
export interface ShownSetting {
  readonly name: string;
  /** Absent where the setting has no value. */
  readonly shown: string | undefined;
  /** In words, e.g. `PING14C_REGION` or `profile "work"`. */
  readonly from: string;
  readonly origin: Origin | undefined;
}

/** Every setting in the order of the definitions, those without a value included. */
export function shownSettings({ all }: Settings): readonly ShownSetting[] {
  return (Object.keys(definitions) as SettingKey[]).map((key) => {
    const setting = all[key];
    const from = setting ? originText(setting) : 'not set';
    return { name: settingName(key), shown: shownValue(key, setting), from, origin: setting?.origin };
  });
}

export function shownValue(key: SettingKey, setting: Setting | undefined): string | undefined {
  if (!setting) return undefined;
  return definitionOf(key).secret ? '(hidden)' : safeText(setting.value);
}

function originText({ origin }: Setting): string {
  return origin.kind === 'profile' ? `profile "${safeText(origin.name)}"` : origin.name;
}

/** The member of a JSON document that lists settings. */
export function settingDocument({ name, shown, origin }: ShownSetting) {
  return { name, value: shown ?? null, origin: origin ?? null };
}
