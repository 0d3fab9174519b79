import { Argument, Option } from 'commander';
import { readProfiles } from '../config/profiles.ts';
import { definitionOf, settingKeys, settingName, settingNamed } from '../config/setting-definitions.ts';
import { configFolder } from '../files/folders.ts';
import type { CommandContext } from './context.ts';

/** A word that a shell may complete, with what it stands for. */
export interface Offer {
  readonly word: string;
  readonly summary?: string;
}

/** What may stand in a place: some words, or the name of a file. */
export type Offers = readonly Offer[] | 'files';

/**
 * Tells what a value may be, when somebody is about to type it. This goes to no network.
 *
 * @param before the command's own words so far
 * @param typed what of the value is typed already
 */
export type OfferValues = (
  site: Pick<CommandContext, 'runtime' | 'output'>,
  before: readonly string[],
  typed: string,
) => Promise<Offers>;

/** An option whose values are known only when they are typed. */
export class OfferingOption extends Option {
  readonly offers: OfferValues;

  constructor(flags: string, description: string, offers: OfferValues) {
    super(flags, description);
    this.offers = offers;
  }
}

/** An argument whose values are known only when they are typed. */
export class OfferingArgument extends Argument {
  readonly offers: OfferValues;

  constructor(name: string, description: string, offers: OfferValues) {
    super(name, description);
    this.offers = offers;
  }
}

export const offerProfiles: OfferValues = async (site) => {
  const { profiles } = await readProfiles(configFolder(site));
  return Object.keys(profiles).map((word) => ({ word }));
};

export const offerSettings: OfferValues = async () =>
  settingKeys.map((key) => ({ word: settingName(key), summary: definitionOf(key).label }));

/** What the setting may be whose name stands before. */
export const offerSettingValues: OfferValues = async (_site, before) => {
  const key = settingNamed(before.at(-1) ?? '');
  const { choices = [], file } = key ? definitionOf(key) : {};
  return file ? 'files' : choices.map((word) => ({ word }));
};

export const offerFiles: OfferValues = async () => 'files';
