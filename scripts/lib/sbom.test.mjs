import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pnpm } from './dependencies.mjs';
import { leftOut, sbomArgs } from './sbom.mjs';

describe('sbomArgs', () => {
  it('makes CycloneDX of what runs in production', () => {
    expect(sbomArgs([])).toEqual([
      '--prod',
      '--sbom-format=cyclonedx',
      '--sbom-type=application',
      '--out=.bulkwatch/sbom.cdx.json',
    ]);
  });

  it('lets the caller choose otherwise', () => {
    expect(sbomArgs(['--sbom-format', 'spdx', '--out=other.json'])).toEqual([
      '--prod',
      '--sbom-type=application',
      '--sbom-format',
      'spdx',
      '--out=other.json',
    ]);
  });
});

describe('the bill of materials', () => {
  it('has what the services run, and not what only makes manifests', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-sbom-'));
    try {
      const out = join(folder, 'sbom.json');
      execFileSync('npx', ['--yes', pnpm, ...leftOut, 'sbom', ...sbomArgs([`--out=${out}`])]);
      const { components } = JSON.parse(readFileSync(out, 'utf8'));
      const names = components.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['bullmq', 'express', 'undici']));
      expect(names).not.toContain('kubernetes-models');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
