import type { Argument, Command, Option } from 'commander';
import {
  type Offer,
  OfferingArgument,
  OfferingOption,
  type Offers,
  type OfferValues,
  offerSettingValues,
} from '../cli/offers.ts';
import { isSettingKey, settingName } from '../config/setting-definitions.ts';

type Site = Parameters<OfferValues>[0];

/** What the words before the cursor have led to. */
interface Place {
  readonly command: Command;
  /** The command's own words so far. */
  readonly operands: readonly string[];
  /** An option that still waits for its value. */
  readonly waiting: Option | undefined;
  /** Whether options are over: after `--`. */
  readonly literal: boolean;
}

/**
 * What may be typed in place of the current word.
 *
 * @param words those before the current one, without the program's name
 */
export async function offersAt(
  program: Command,
  words: readonly string[],
  current: string,
  site: Site,
): Promise<Offers> {
  const place = placeAfter(program, words);
  const { command, operands, waiting, literal } = place;
  if (waiting) return valuesOf(waiting, operands, current, site);
  if (!literal && current.startsWith('-')) return optionOffers(place, current, site);
  const argument = argumentAt(command, operands.length);
  if (argument) return valuesOf(argument, operands, current, site);
  if (operands.length > 0) return [];
  if (command.commands.length > 0) return command.commands.map(commandOffer);
  return current === '' && !literal ? command.options.flatMap(namesOf) : [];
}

function argumentAt({ registeredArguments }: Command, index: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[index] ?? (last?.variadic ? last : undefined);
}

function placeAfter(program: Command, words: readonly string[]): Place {
  let place: Place = { command: program, operands: [], waiting: undefined, literal: false };
  for (const word of words) place = next(place, word);
  return place;
}

function next(place: Place, word: string): Place {
  const { command, operands, waiting, literal } = place;
  if (waiting) return { ...place, waiting: undefined };
  if (!literal && word === '--') return { ...place, literal: true };
  if (!literal && word.startsWith('-')) {
    const option = optionsOf(command).find(({ long, short }) => word === long || word === short);
    return { ...place, waiting: option?.required ? option : undefined };
  }
  const child = operands.length > 0 ? undefined : command.commands.find((known) => known.name() === word);
  return child ? { ...place, command: child } : { ...place, operands: [...operands, word] };
}

/** The command's own, and those of all commands, which may be typed anywhere. */
function optionsOf(command: Command): readonly Option[] {
  return [...command.options, ...(command.parent ? optionsOf(command.parent) : [])];
}

async function optionOffers({ command, operands }: Place, current: string, site: Site): Promise<Offers> {
  const end = current.indexOf('=');
  if (end < 0) return [...optionsOf(command).flatMap(namesOf), ...helpNames];
  const [name, typed] = [current.slice(0, end), current.slice(end + 1)];
  const option = optionsOf(command).find(({ long, required }) => required && name === long);
  const values = option ? await valuesOf(option, operands, typed, site) : [];
  return values === 'files' ? values : values.map((offer) => ({ ...offer, word: `${name}=${offer.word}` }));
}

/** What commander has for every command. */
const helpNames: readonly Offer[] = ['--help', '-h'].map((word) => ({ word, summary: 'print the help' }));

function namesOf({ long, short, description }: Option): readonly Offer[] {
  return [long, short].filter((word) => typeof word === 'string').map((word) => ({ word, summary: description }));
}

function commandOffer(command: Command): Offer {
  return { word: command.name(), summary: command.summary() || command.description() };
}

async function valuesOf(
  valued: Option | Argument,
  operands: readonly string[],
  typed: string,
  site: Site,
): Promise<Offers> {
  if (valued instanceof OfferingOption || valued instanceof OfferingArgument)
    return valued.offers(site, operands, typed);
  if (valued.argChoices) return valued.argChoices.map((word) => ({ word }));
  if (!('flags' in valued)) return [];
  const setting = valued.attributeName();
  if (isSettingKey(setting)) return offerSettingValues(site, [settingName(setting)], typed);
  return valued.flags.includes('<file>') ? 'files' : [];
}
