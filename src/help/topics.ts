import type { Command } from 'commander';
import type { Page } from './topic-texts.ts';

type Text = (program: Command, page: Page) => string;

/** Something that all commands share: `ping14c help NAME` prints it, and loads it only then. */
interface Topic {
  readonly summary: string;
  readonly load: () => Promise<Text>;
}

const texts = () => import('./topic-texts.ts');

export const topics = {
  settings: {
    summary: 'options of every command, and settings',
    load: async () => (await texts()).settingsText,
  },
  environment: {
    summary: 'the environment variables that count',
    load: async () => (await texts()).environmentText,
  },
  'exit-codes': {
    summary: 'what a script can tell from them',
    load: async () => (await texts()).exitCodesText,
  },
  json: {
    summary: 'what --json prints, and its schemas',
    load: async () => (await texts()).jsonText,
  },
} as const satisfies Record<string, Topic>;

export function isTopic(name: string): name is keyof typeof topics {
  return Object.hasOwn(topics, name);
}
