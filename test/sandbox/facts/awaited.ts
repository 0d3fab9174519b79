/** Facts that the sandbox does not imitate, by their titles; docs/sandbox-facts.md says so of each. */
export const awaited: readonly string[] = [
  '8 A path of the API that PingOne has not: 403 from the gateway, in a third grammar, without Correlation-Id',
  '8 The gateway says of a Bearer token: `Invalid key=value pair (missing equal-sign) in Authorization header …`',
];
