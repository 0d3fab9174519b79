import { networkInterfaces } from 'node:os';

/** Whether this machine has ::1, which not every container does. */
export const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);
