/** The name of a parameter that is there more than once, which OAuth forbids (RFC 6749, section 3.1). */
export function repeatedParameter(parameters: URLSearchParams): string | undefined {
  return [...parameters.keys()].find((name) => parameters.getAll(name).length > 1);
}
