import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jobStates, pollHealths, scopeNames } from '@bulkwatch/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandTable } from '../src/command-table.js';
import { shells } from '../src/completion/complete-commands.js';
import { runCommand } from './run-command.js';

const isInstalled = (shell: string): boolean =>
  spawnSync(shell, ['--version'], { stdio: 'ignore' }).error === undefined;
const installed = shells.filter(isInstalled);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkwatch-completion-'));
  for (const shell of shells) {
    const { code, out, said } = await runCommand(['completion', shell]);
    expect({ code, said, lines: out.length }).toEqual({ code: 0, said: '', lines: 1 });
    await writeFile(scriptOf(shell), `${out[0]}\n`);
  }
});
afterAll(() => rm(folder, { recursive: true }));

const scriptOf = (shell: string): string => join(folder, `completion.${shell}`);

function run(shell: string, args: readonly string[]): string[] {
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, LC_ALL: 'C.UTF-8' };
  const { stdout, stderr, status } = spawnSync(shell, args, { env, encoding: 'utf8', cwd: folder });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.split('\n').slice(0, -1);
}

/** Completes the last word of a command line as each shell splits it. */
const completeIn: Readonly<Record<string, (line: string) => string[]>> = {
  bash(line) {
    // As readline does with its usual COMP_WORDBREAKS.
    const words = line.split(/ +|(=)/).filter((word) => word !== undefined);
    const code = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _bulkwatch 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return run('bash', ['--norc', '-c', code, scriptOf('bash'), ...words]).filter(Boolean);
  },
  fish(line) {
    const code = `source ${scriptOf('fish')}; complete -C '${line}'`;
    return run('fish', ['--no-config', '-c', code]).map((text) => text.split('\t')[0] ?? '');
  },
};

describe.each(installed)('what %s is told', (shell) => {
  it('is a script of it', () => {
    expect(run(shell, ['-n', scriptOf(shell)])).toEqual([]);
  });
});

describe.each(installed.filter((shell) => shell in completeIn))('%s completes', (shell) => {
  const complete = (line: string): string[] => completeIn[shell]?.(line).toSorted() ?? [];

  it('each command, word by word', () => {
    for (const { name } of commandTable) {
      const [first = '', second] = name.split(' ');
      expect(complete(`bulkwatch ${first}`)).toContain(first);
      if (second !== undefined) expect(complete(`bulkwatch ${first} `)).toContain(second);
    }
    expect(complete('bulkwatch s')).toEqual(['seal', 'show', 'simulate']);
    expect(complete('bulkwatch keys ')).toEqual(['create', 'list', 'revoke']);
  });

  it.each([
    ['bulkwatch list --st', ['--state']],
    ['bulkwatch list --state ', jobStates],
    ['bulkwatch watch --label a:b --state c', ['cancelled', 'completed']],
    ['bulkwatch keys create --scope ', scopeNames],
    ['bulkwatch events tail --type stal', ['stalled']],
    ['bulkwatch register --preset oracle-', ['oracle-millennium', 'oracle-soarian']],
    ['bulkwatch simulate dpc/', ['dpc/plain']],
    ['bulkwatch completion ', shells],
  ])('%s', (line, words) => {
    expect(complete(line)).toEqual(expect.arrayContaining([...words]));
    expect(complete(line).length).toBeLessThanOrEqual(words.length + 4);
  });

  it('all options of each command', () => {
    for (const { name, options } of commandTable) {
      const known = [...Object.keys(options), 'help'].map((option) => `--${option}`);
      expect(complete(`bulkwatch ${name} --`)).toEqual(known.toSorted());
    }
  });
});

it('reads --state=x, which bash takes for three words', () => {
  expect(completeIn['bash']?.('bulkwatch list --health=pau').at(-1)).toBe('paused');
  expect(completeIn['bash']?.('bulkwatch list --health=')).toEqual([...pollHealths]);
});

it('leaves files to bash where a file is meant, and proposes nothing where nobody can know', () => {
  expect(completeIn['bash']?.('bulkwatch list --limit ')).toEqual([]);
  // Outside of readline there is no compopt, and the shell's own list takes its place.
  expect(completeIn['bash']?.('bulkwatch register --file comp').toSorted()).toEqual(
    shells.map((shell) => `completion.${shell}`).toSorted(),
  );
});

it('is there as JSON too, and wants a shell otherwise', async () => {
  const { out } = await runCommand(['completion', '--json']);
  expect(JSON.parse(out[0] ?? '')).toHaveLength(commandTable.length);
  expect((await runCommand(['completion'])).code).toBe(2);
  expect((await runCommand(['completion', 'tcsh'])).code).toBe(2);
});
