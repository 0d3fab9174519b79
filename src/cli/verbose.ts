/** Of the commands that say by themselves only what most people want to know. */
export interface VerboseOption {
  readonly verbose?: true;
}

/** The option's declaration, for commander. @param more what is said with it */
export function verbose(more: string): readonly [flags: string, description: string] {
  return ['--verbose', `say more: ${more}`];
}
