import { compared } from './comparison.ts';

// npm run compare -- https://auth.pingone.eu/ENVIRONMENT/as
// Two requests without any credentials. NODE_EXTRA_CA_CERTS names a certificate to trust besides, e.g. that of the sandbox.

const timeoutMs = 10_000;
const mostBytes = 1_000_000;

process.exitCode = await main(process.argv[2]);

async function main(address = ''): Promise<number> {
  if (!URL.canParse(address) || new URL(address).protocol !== 'https:') {
    say('Give the issuer of an environment: npm run compare -- https://auth.pingone.eu/ENVIRONMENT/as');
    return 1;
  }
  const { origin, pathname } = new URL(address);
  const issuer = origin + pathname.replace(/(\/\.well-known\/openid-configuration)?\/*$/, '');
  try {
    const facts = await compared(issuer, read);
    for (const { says, differences } of facts) {
      say(`${differences.length === 0 ? 'agrees ' : 'differs'}  ${says}`);
      for (const difference of differences) say(`         ${printable(difference)}`);
    }
    const agreeing = facts.filter(({ differences }) => differences.length === 0).length;
    say(`${agreeing} of ${facts.length} agree: ${issuer}`);
    return agreeing === facts.length ? 0 : 1;
  } catch (error) {
    const { message, cause } = error as Error;
    say(printable(`Not compared: ${message}${cause instanceof Error ? ` (${cause.message})` : ''}`));
    return 1;
  }
}

/** Reads one document: no redirect is followed, and neither length nor time is without a limit. */
async function read(url: string): Promise<unknown> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > mostBytes) throw new Error(`${url} answered with more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw new Error(`${url} did not answer with JSON`, { cause });
  }
}

/** What a server says could steer a terminal. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e’…]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
