import type { Runtime } from '../runtime.ts';

/**
 * The environment for programs that we start: our settings may hold secrets, and anybody's token may stand in a variable of
 * this kind. Those of the desktop stay.
 */
export function withoutSecrets(env: Runtime['env']): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) =>
      name.startsWith('XDG_') ||
      !/^(PING14C_|PINGONE_)|TOKEN|SECRET|PASSWORD|PASSPHRASE|PRIVATE_KEY|API_KEY|CREDENTIAL/i.test(name),
  );
  return Object.fromEntries(kept);
}

/**
 * The environment for a program that the person runs: their own, but for what only we need to know. Ping's variables
 * (`PINGONE_…`) stay, since its other tools read them.
 */
export function withoutOwnSecrets(env: Runtime['env']): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^PING14C_.*(SECRET|PASSPHRASE)/i.test(name)));
}
