import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startNode } from './start-child.mjs';

let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkwatch-scripts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that says when it runs, and how it was asked to stop; it obeys or not. */
function program({ obeys }) {
  const script = join(folder, 'program.mjs');
  const onTerm = `console.log('asked'); ${obeys ? 'process.exit(0)' : ''}`;
  writeFileSync(
    script,
    `process.on('SIGTERM', () => { ${onTerm} }); setTimeout(() => {}, 60_000); console.log('pid', process.pid);`,
  );
  return { name: 'the program', script, logFile: join(folder, 'program.log') };
}

function untilLogged(options, pattern) {
  return vi.waitFor(() => {
    const found = pattern.exec(readFileSync(options.logFile, 'utf8'));
    if (!found) throw new Error(`nothing like ${pattern} in the log`);
    return found;
  }, 10_000);
}

it('asks a child to stop', async () => {
  const options = program({ obeys: true });
  const child = startNode(options);
  await untilLogged(options, /pid/);

  await child.stop(10_000);

  expect(await child.ended).toBe('exit code 0');
});

it('kills one that does not listen when its grace is over', async () => {
  const options = program({ obeys: false });
  const child = startNode(options);
  await untilLogged(options, /pid/);

  await child.stop(200);

  expect(await child.ended).toBe('SIGKILL');
});

it('tells how a program ended that cannot be started', async () => {
  const child = startNode({
    name: 'nothing',
    script: join(folder, 'missing.mjs'),
    logFile: join(folder, 'log'),
  });

  expect(await child.ended).toBe('exit code 1');
});

it('has its child stop when the starter is killed without a word', async () => {
  const options = program({ obeys: true });
  const starter = join(folder, 'starter.mjs');
  const module = new URL('./start-child.mjs', import.meta.url).href;
  writeFileSync(
    starter,
    `import { startNode } from '${module}'; startNode(${JSON.stringify(options)}); setTimeout(() => {}, 60_000);`,
  );
  const parent = spawn(process.execPath, [starter], { stdio: 'ignore' });
  const [, pid] = await vi.waitFor(() => untilLogged(options, /pid (\d+)/), 10_000);

  parent.kill('SIGKILL');
  await once(parent, 'exit');

  await untilLogged(options, /asked/);
  await vi.waitFor(() => expect(() => process.kill(Number(pid), 0)).toThrow(), 10_000);
});
