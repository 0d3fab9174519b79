/** Facts that the sandbox does not imitate, by their titles; docs/sandbox-facts.md says so of each. */
export const awaited: readonly string[] = [];
