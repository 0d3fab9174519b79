import { connect, type TLSSocket } from 'node:tls';

export interface Trust {
  /** PEM of the authority that servers' certificates must come from. */
  readonly trust: string;
  /** The person who compares a fingerprint, for servers that `trust` does not cover: approves the leaf or refuses. */
  readonly acceptCertificate?: (host: string, fingerprint256: string) => boolean;
}

/** Nothing is sent before the certificate is known to be good: trusted and for this host, or approved by its fingerprint. */
export function verifiedSocket(
  { hostname, port }: URL,
  { trust, acceptCertificate = () => false }: Trust,
): Promise<TLSSocket> {
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(port || 443),
      ca: trust,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      // The handshake is let finish so that the leaf can be looked at; `authorized` says what Node found.
      rejectUnauthorized: false,
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    });
    socket.once('error', reject).once('secureConnect', () => {
      const { fingerprint256 } = socket.getPeerCertificate();
      if (socket.authorized || acceptCertificate(host, fingerprint256)) return resolve(socket);
      socket.destroy();
      reject(new Error(`The certificate of ${host} is not trusted: ${String(socket.authorizationError)}`));
    });
  });
}
