import { expect, it } from 'vitest';
import { allFacts } from './all-facts.ts';
import { absentPaths, allRoutes } from './routes.ts';

it('docs/sandbox-facts.md is what the facts and the routes make (npm run facts makes it anew)', async () => {
  await expect(page()).toMatchFileSnapshot('../../../docs/sandbox-facts.md');
});

function page(): string {
  return `# What the sandbox knows of PingOne

Made by \`npm run facts\` from \`test/sandbox/facts\` and from the sandbox's own route tables; not edited by hand.

## The routes

\`{A}\` is the issuer, \`{P}\` the environment in the management API, \`{E}\` the environment on PingOne's other hosts.
What is below \`{A}\` and \`{E}\` is there without the environment's ID as well, as at a custom domain of PingOne's.

| method | path | body | who may ask |
|---|---|---|---|
${allRoutes.map(({ method, path, mediaTypes, asks }) => `| ${method} | \`${path}\` | ${mediaTypes.map(code).join(', ')} | ${asks} |`).join('\n')}

PingOne has more, and the sandbox says 501 there: ${absentPaths.map(code).join(', ')}, and in the management API what
\`src/sandbox/management-api/pingone-routes.ts\` lists besides.

## The facts

All ${allFacts.length} hold, each shown by a request in \`test/sandbox/facts/facts.test.ts\`. Each section is one of \`docs/pingone.md\`; what
a certainty means is in docs/pingone.md, section 0. What is on record and not imitated is in docs/pingone.md, section 15.

| section | certainty | what PingOne does |
|---|---|---|
${allFacts.map(({ section, certainty, says }) => `| ${section} | ${certainty} | ${says.replaceAll('|', '\\|')} |`).join('\n')}
`;
}

function code(text: string): string {
  return `\`${text}\``;
}
