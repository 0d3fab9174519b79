import type { Environment } from '../environment.ts';

/**
 * Tells what these scopes let userinfo and ID tokens say of a user; unset attributes are left out (docs/pingone.md,
 * section 5).
 */
export function userClaims(
  { directory }: Environment,
  userId: string,
  scopes: readonly string[],
): Readonly<Record<string, unknown>> {
  const user = directory.find(userId);
  if (!user) return {};
  const { name = {}, address, ...attributes } = user.attributes;
  const fullName = name.formatted ?? [name.given, name.family].filter(Boolean).join(' ');
  const claims: Record<string, Record<string, unknown>> = {
    profile: {
      name: fullName || undefined,
      family_name: name.family,
      given_name: name.given,
      middle_name: name.middle,
      preferred_username: user.username,
      nickname: attributes.nickname,
      picture: attributes.photo?.href,
      zoneinfo: attributes.timezone,
      locale: attributes.locale,
      updated_at: Math.floor(user.updatedAt / 1000),
    },
    email: { email: attributes.email, email_verified: attributes.emailVerified },
    address: {
      address: address && {
        country: address.countryCode,
        postal_code: address.postalCode,
        region: address.region,
        locality: address.locality,
        street_address: address.streetAddress,
      },
    },
    phone: { phone_number: attributes.primaryPhone ?? attributes.mobilePhone },
  };
  const wanted = Object.assign({}, ...scopes.map((scope) => claims[scope] ?? {})) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}
