/** Facts that the sandbox does not imitate, by their titles; docs/sandbox-facts.md says so of each. */
export const awaited: readonly string[] = [
  '2 `/as/bc-authorize` is no route',
  '2 CIBA has its own endpoint, `/as/cibaAuthorization` (the sandbox says 501 there)',
  '2 A token exchange that the application is not enabled for is `unauthorized_client`',
  '8 Answers of the management API have the header `strict-transport-security`',
  '8 Answers of the management API have the header `via`',
  '8 Answers of its refusals have the header `strict-transport-security`',
  '8 Answers of its refusals have the header `via`',
  '8 Answers of discovery have the header `strict-transport-security`',
  '8 Answers of discovery have the header `via`',
  '8 Answers of the token endpoint have the header `strict-transport-security`',
  '8 Answers of the token endpoint have the header `via`',
  '8 `x-amzn-requestid` is there',
  '8 A path of the API that PingOne has not: 403 from the gateway, in a third grammar, without Correlation-Id',
  '8 The gateway says of a Bearer token: `Invalid key=value pair (missing equal-sign) in Authorization header …`',
  '8 A path below the issuer that PingOne has not: likewise',
];
