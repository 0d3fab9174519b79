/** Facts that the sandbox does not imitate, by their titles; docs/sandbox-facts.md says so of each. */
export const awaited: readonly string[] = [
  '7.1 The link `devices` of a user leads to a collection',
  '7.1 The link `roleAssignments` of a user leads to a collection',
  '7.1 The link `linkedAccounts` of a user leads to a collection',
  '7.1 The link `population` of a user leads to it',
  '7.4 A new user’s password that violates the policy: INVALID_DATA, target `password`, `User password did not satisfy password policy requirements`',
  '8 A user is created: 201, with `Location` and the record',
  '8 A user name that is taken: 400 INVALID_DATA, detail UNIQUENESS_VIOLATION, `is unique but a non-unique value is provided`',
  '8 A user is changed by PATCH: 200 with the record',
  '8 A user is changed by PUT: 200 with the record',
  '8 A user is deleted: 204',
  '8 `limit` gives the first so many, and `_links.next` leads to the others',
  '8 A path of the API that PingOne has not: 403 from the gateway, in a third grammar, without Correlation-Id',
  '8 The gateway says of a Bearer token: `Invalid key=value pair (missing equal-sign) in Authorization header …`',
  '10 A session has the browser’s name, the operating system’s name, the device’s type, and locations',
  '10 Sessions are listed newest first',
  '10 POST `sessions/{id}` with the logout media type ends a session without its cookie: 204',
];
