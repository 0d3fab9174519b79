import type { SandboxRequest } from './request.ts';
import { json, type SandboxResponse } from './response.ts';

/** The names by which this machine, and no other, is called: one sandbox answers to all three, as a Host header writes them. */
const ownNames = ['127.0.0.1', 'localhost', '[::1]'] as const;

const httpsPort = 443;
/** Characters; no host name is longer (RFC 1035, section 2.3.4). */
const longestHost = 255;

/**
 * The origins of a sandbox on this port; the first is the one that it tells people.
 *
 * @param addresses at which it listens: a machine may have no IPv6
 */
export function ownOrigins(port: number, addresses: readonly string[]): readonly [string, ...string[]] {
  const [first, ...others] = ownNames;
  const reached = others.filter((name) => name === 'localhost' || addresses.includes(name));
  return [originOf(first, port), ...reached.map((name) => originOf(name, port))];
}

/**
 * The origin that a Host header names, of those that are the sandbox's own; `undefined` for every other. A page whose own
 * name was made to lead to this machine (DNS rebinding) comes with that name.
 */
export function originNamed(host: string | undefined, port: number): string | undefined {
  const asked = host?.toLowerCase();
  const name = ownNames.find((own) => asked === `${own}:${port}` || (port === httpsPort && asked === own));
  return name && originOf(name, port);
}

/** Refuses what was sent to another name, which is then no name of this machine's alone (RFC 9110, section 15.5.20). */
export async function misdirected(request: SandboxRequest, origins: readonly string[]): Promise<SandboxResponse> {
  const { correlationId: id, headers } = request;
  const message = `The sandbox answers to these addresses only: ${origins.join(', ')}. The request named another host.`;
  const host = (headers.host ?? '').slice(0, longestHost);
  return { ...json(421, { id, code: 'MISDIRECTED_REQUEST', message }), notice: `the sandbox is not called "${host}"` };
}

/** As clients write it: an origin does not name its scheme's own port (RFC 6454, section 4). */
function originOf(name: string, port: number): string {
  return port === httpsPort ? `https://${name}` : `https://${name}:${port}`;
}
