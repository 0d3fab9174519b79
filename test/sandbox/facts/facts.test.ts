import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import type { PlainAnswer } from '../../support/plain-request.ts';
import { allFacts, titleOf } from './all-facts.ts';
import type { ExpectedAnswer, Fact } from './fact.ts';
import { filledIn, standingValues, startPingOne } from './pingone.ts';
import { differences } from './shape.ts';

// What is on record about PingOne, asked of the sandbox, a request a fact. The table is in docs/sandbox-facts.md, made by `npm run facts`.

describe('as on record', () => {
  it.each(allFacts.map((fact) => [titleOf(fact), fact] as const))('%s', async (_, fact) => {
    expect(await differencesOf(fact)).toEqual([]);
  });
});

async function differencesOf({ seed, before, request, expect: expected }: Fact): Promise<readonly string[]> {
  const pingone = await startPingOne(seed);
  const standing = standingValues(pingone.sandbox);
  const values = { ...standing, ...(await before?.(pingone, standing)) };
  const answer = await pingone.ask(filledIn(request, values));
  return differencesIn(answer, filledIn(expected, values));
}

function differencesIn(answer: PlainAnswer, expected: ExpectedAnswer): readonly string[] {
  const { location = '' } = answer.headers;
  const { status, headers = {}, body, text, claims = {}, tokenHeaders = {} } = expected;
  const json = /json/.test(answer.headers['content-type'] ?? '') && answer.body !== '' ? answer.json() : {};
  const parameters = location === '' ? {} : parametersOf(location);
  const carried: Readonly<Record<string, unknown>> = { ...json, ...parameters };
  return [
    ...differences(status, answer.status, 'the status'),
    ...differences(headers, answer.headers, 'header'),
    ...(body === undefined ? [] : differences(body, json, 'the body')),
    ...(text === undefined ? [] : differences(text, answer.body, 'the body')),
    ...(expected.location
      ? [
          ...differences(expected.location.to, location.replace(/[?#].*$/s, ''), 'the address'),
          ...differences(expected.location.parameters ?? {}, parameters, 'parameter'),
        ]
      : []),
    ...Object.entries(claims).flatMap(([name, shape]) => differences(shape, decodeJwt(String(carried[name])), name)),
    ...Object.entries(tokenHeaders).flatMap(([name, shape]) =>
      differences(shape, decodeProtectedHeader(String(carried[name])), `${name}’s header`),
    ),
  ];
}

function parametersOf(location: string): Readonly<Record<string, string>> {
  const { search, hash } = new URL(location);
  return Object.fromEntries(new URLSearchParams(hash ? hash.slice(1) : search));
}
