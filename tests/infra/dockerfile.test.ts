import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readDockerfile, stagesOf } from './support/dockerfile.js';
import { pathOf, readText } from './support/infra-files.js';

const instructions = readDockerfile('infra/docker/Dockerfile');
const stages = stagesOf(instructions);
const last = stages.at(-1) ?? [];
const of = (keyword: string, among = instructions) =>
  among.filter((instruction) => instruction.keyword === keyword);
const textsOf = (keyword: string, among = instructions) =>
  of(keyword, among).map(({ text }) => text);
const foreignBases = (() => {
  const names = stages.flatMap(([from]) => from?.words.at(-1) ?? []);
  return textsOf('FROM')
    .flatMap((text) => text.split(' ')[0] ?? [])
    .filter((base) => !names.includes(base));
})();

describe('the image', () => {
  it('leaves behind what it was built with', () => {
    expect(stages.length).toBeGreaterThan(1);
    expect(of('RUN', last)).toEqual([]);
    expect(of('ADD')).toEqual([]);
    for (const { flags } of of('COPY', last)) expect(flags['from']).toMatch(/^(deploy|build)$/);
  });

  it('leaves behind what no program reads', () => {
    const removal = textsOf('RUN').find((text) => text.startsWith('find /out'));
    for (const name of ['*.map', '*.ts', '.tsbuildinfo'])
      expect(removal).toContain(`-name '${name}'`);
    expect(removal).toMatch(/-delete$/);
  });

  it('begins with images that are pinned to the last digit, all the same', () => {
    expect(new Set(foreignBases).size).toBe(1);
    expect(foreignBases[0]).toMatch(/^node:24\.\d+\.\d+-bookworm-slim$/);
  });

  it('runs as a user that Kubernetes can tell is not root', () => {
    expect(textsOf('USER', last)).toEqual(['1000']);
  });

  it('gets its signals without a shell between', () => {
    expect(of('ENTRYPOINT', last).map(({ exec }) => exec)).toEqual([['node', 'dist/main.js']]);
    expect(of('CMD', last)).toEqual([]);
  });

  it('says itself whether it is alive, with a script that it has', () => {
    const [check] = of('HEALTHCHECK', last);
    const [command, script = ''] = check?.exec ?? [];
    expect(command).toBe('node');
    const copied = of('COPY', last).flatMap(({ words }) => words);
    expect(copied).toContain(`/repo/infra/docker/${script}`);
    expect(check?.flags).toMatchObject({ timeout: '5s', 'start-period': '60s' });
  });

  it('says what it is', () => {
    const labels = Object.assign({}, ...of('LABEL', last).map(({ properties }) => properties));
    for (const label of ['title', 'description', 'version', 'revision'])
      expect(labels).toHaveProperty([`org.opencontainers.image.${label}`]);
    expect(labels['org.opencontainers.image.base.name']).toBe(
      `docker.io/library/${foreignBases[0]}`,
    );
    const { version } = JSON.parse(readText('package.json')) as { version: string };
    expect(textsOf('ARG', last)).toContain(`VERSION=${version}`);
  });

  it('installs what the lockfile says, by the pnpm of the bootstrap', () => {
    const commands = textsOf('RUN').join('\n');
    expect(commands).toContain('--frozen-lockfile');
    const bootstrap = /pnpm@\d+\.\d+\.\d+/.exec(readText('scripts/lib/dependencies.mjs'));
    expect(commands.match(/pnpm@[\d.]+/)?.[0]).toBe(bootstrap?.[0]);
  });

  it('holds no secret and takes none', () => {
    expect(instructions.map(({ text }) => text).join('\n')).not.toMatch(/secret|token|password/i);
  });
});

describe('what goes into the build', () => {
  const lines = readText('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const admitted = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));

  it('is named one by one', () => {
    expect(lines[0]).toBe('*');
    expect(admitted.filter((name) => !existsSync(pathOf(name)))).toEqual([]);
  });

  it('is all that is copied by name, and every package of the workspace', () => {
    const [, ...rest] = [...stages].reverse();
    const copied = of('COPY', rest.flat()).flatMap(({ words }) => words.slice(0, -1));
    const own = of('COPY', last)
      .filter(({ flags }) => flags['from'] === 'build')
      .flatMap(({ words }) => words.slice(0, -1).map((word) => word.replace('/repo/', '')));
    const { packages } = parse(readText('pnpm-workspace.yaml')) as { packages: string[] };
    const folders = packages.map((glob) =>
      glob.endsWith('/*') ? glob.slice(0, -2) : `${glob}/package.json`,
    );
    const needed = [...copied.filter((name) => name !== '.'), ...own, ...folders];
    expect(needed.filter((name) => !admitted.includes(name))).toEqual([]);
  });

  it('is nothing that was built, installed or made for trying', () => {
    expect(lines).toEqual(expect.arrayContaining(['**/node_modules', '**/dist', '**/tests']));
    expect(admitted.filter((name) => /demo|secret|\.env|\.git/.test(name))).toEqual([]);
  });
});
