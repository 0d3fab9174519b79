import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A token endpoint with replay protection as PingOne has it: a refresh token that was used ends the whole family. */
export interface RotatingTokenServer {
  readonly url: string;
  /** Every refresh token that was sent, in order. */
  readonly received: string[];
  readonly revoked: () => boolean;
  close(): Promise<void>;
}

/** The refresh token that counts at first is `refresh-1`; the body of a request is the bare refresh token. */
export async function rotatingTokenServer(): Promise<RotatingTokenServer> {
  const received: string[] = [];
  let revoked = false;
  let turn = 1;
  const server = createServer(async (request, response) => {
    let token = '';
    for await (const chunk of request) token += chunk;
    received.push(token);
    if (token !== `refresh-${turn}`) revoked = true;
    if (revoked) return response.writeHead(400).end();
    turn += 1;
    const answer = {
      accessToken: `access-${turn}`,
      refreshToken: `refresh-${turn}`,
      expiresAt: Date.now() + 3_600_000,
    };
    return response.writeHead(200, { connection: 'close' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    received,
    revoked: () => revoked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
