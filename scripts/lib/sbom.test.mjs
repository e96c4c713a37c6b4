import { describe, expect, it } from 'vitest';
import { sbomArgs } from './sbom.mjs';

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
