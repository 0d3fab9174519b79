import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

// That the package installs and runs in an empty folder is tried by .ci/run.

describe('the package', () => {
  it('has the program, its schemas and what is to be read, and nothing of what they are made from', () => {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const told = execFileSync(npm, ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' });
    const [{ files }] = JSON.parse(told) as [{ readonly files: readonly { readonly path: string }[] }];
    const paths = files.map(({ path }) => path);
    for (const path of [
      'README.md',
      'CHANGELOG.md',
      'docs/pingone.md',
      'docs/security.md',
      'docs/pictures/login.svg',
      'bin/ping14c.js',
    ]) {
      expect(paths).toContain(path);
    }
    expect(paths).toContain('dist/schemas/failure.json');
    expect(paths).toContain('dist/sandbox.d.cts');
    const rooms = new Set(paths.map((path) => path.split('/')[0]));
    expect([...rooms].sort()).toEqual(['CHANGELOG.md', 'README.md', 'bin', 'dist', 'docs', 'package.json']);
  });

  it('may be published, says what it is, and opens nothing but the sandbox and the schemas to who imports it', () => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
    const { name, private: closed, description, keywords, engines, bin, exports } = manifest;
    expect({ name, closed, engines, bin }).toEqual({
      name: 'ping14c',
      closed: undefined,
      engines: { node: '>=20.19' },
      bin: { ping14c: 'bin/ping14c.js' },
    });
    expect(description).toContain('PingOne');
    expect(keywords).toContain('pingone');
    expect(Object.keys(exports)).toEqual(['./package.json', './sandbox', './schemas/*.json']);
    expect(readFileSync(exports['./schemas/*.json'].replace('*', 'failure'), 'utf8')).toContain('correlationId');
  });

  it('begins its changelog with what is not published yet, and has an entry for its version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    const [first, ...others] = readFileSync('CHANGELOG.md', 'utf8').match(/^## \[.+\]/gm) ?? [];
    expect(first).toBe('## [Unreleased]');
    expect(others).toContain(`## [${version}]`);
  });
});

it('the lock file tells of every package what it must be, for other platforms too', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const entries = Object.entries<{ readonly integrity?: string }>(packages).filter(([path]) => path !== '');
  expect(entries.length).toBeGreaterThan(100);
  expect(entries.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
});
