import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDockerfile, stagesOf } from './support/dockerfile.js';
import { pathOf, readText } from './support/infra-files.js';

const dockerfile = 'infra/docker/Dockerfile';
const instructions = readDockerfile(dockerfile);
const stages = stagesOf(instructions);
const last = stages.at(-1) ?? [];
const textsOf = (keyword: string, of = instructions) =>
  of.filter((instruction) => instruction.keyword === keyword).map(({ text }) => text);

describe('the image', () => {
  it('leaves behind what it was built with', () => {
    expect(stages.length).toBeGreaterThan(1);
    expect(textsOf('RUN', last)).toEqual([]);
    expect(textsOf('COPY', last)).toEqual([expect.stringMatching(/^--from=/)]);
  });

  it('begins with images that are pinned to the last digit, all the same', () => {
    const names = new Set(stages.flatMap(([from]) => from?.text.split(/ AS /i)[1] ?? []));
    const bases = textsOf('FROM').map((text) => text.split(' ')[0] ?? '');
    const foreign = bases.filter((base) => !names.has(base));
    expect(new Set(foreign).size).toBe(1);
    expect(foreign[0]).toMatch(/^node:24\.\d+\.\d+-bookworm-slim$/);
  });

  it('runs as a plain user, and gets its signals without a shell between', () => {
    expect(textsOf('USER', last)).toEqual(['node']);
    expect(textsOf('ENTRYPOINT', last)).toEqual(['["node", "dist/main.js"]']);
    expect(textsOf('CMD', last)).toEqual([]);
  });

  it('says what it is', () => {
    for (const label of ['title', 'description', 'version', 'revision'])
      expect(textsOf('LABEL', last).join(' ')).toContain(`org.opencontainers.image.${label}=`);
    const { version } = JSON.parse(readText('package.json')) as { version: string };
    expect(textsOf('ARG', last)).toContain(`VERSION=${version}`);
  });

  it('installs what the lockfile says, by the pnpm of the bootstrap', () => {
    const commands = textsOf('RUN').join('\n');
    expect(commands).toContain('--frozen-lockfile');
    expect(commands).toMatch(/pnpm@\d+\.\d+\.\d+/);
  });

  it('holds no secret and takes none', () => {
    expect(instructions.map(({ text }) => text).join('\n')).not.toMatch(/secret|token|password/i);
  });
});

describe('what goes into the build', () => {
  const ignored = readText('.dockerignore').split('\n');

  it('is named one by one', () => {
    expect(ignored.find((line) => line !== '' && !line.startsWith('#'))).toBe('*');
    const admitted = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(admitted.filter((name) => !existsSync(pathOf(name)))).toEqual([]);
  });

  it('is nothing that was built or installed here', () => {
    expect(ignored).toEqual(expect.arrayContaining(['**/node_modules', '**/dist']));
  });
});
