import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ProgramOutcome } from '../../src/runtime.ts';

/** The two keychains of a Mac and their program, `security`; those named in `refusing` cannot be changed. */
export function macKeychains(refusing: readonly string[] = []) {
  const keychains = { login: new Set<string>(), System: new Set<string>() };
  const programs = async (_file: string, [verb, ...args]: readonly string[]): Promise<ProgramOutcome> => {
    const name = args.some((arg) => arg.endsWith('login.keychain-db')) ? 'login' : 'System';
    // It names its keychain by `-d` only.
    if (verb === 'remove-trusted-cert') return ended(0);
    const items = keychains[name];
    if (verb === 'find-certificate') return ended(0, [...items].map((item) => `    "labl"<blob>="${item}"\n`).join(''));
    if (refusing.includes(name)) return { ...ended(1), stderr: 'the user cancelled\n' };
    if (verb === 'add-trusted-cert') items.add(commonName(readFileSync(args.at(-1) ?? '', 'utf8')));
    if (verb === 'delete-certificate') items.delete(args[1] ?? '');
    return ended(0);
  };
  return { programs, keychains };
}

function ended(exitCode: number, stdout = '') {
  return { kind: 'ended', exitCode, stdout, stderr: '' } as const;
}

function commonName(pem: string): string {
  return new X509Certificate(pem).subject.replace('CN=', '');
}
