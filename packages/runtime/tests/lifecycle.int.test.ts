import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const fixture = fileURLToPath(new URL('fixtures/stoppable.mjs', import.meta.url));
const refused = fileURLToPath(new URL('fixtures/refused.mjs', import.meta.url));
const children: ChildProcess[] = [];

/** Runs the fixture in a process of its own. */
function run(...args: string[]): {
  child: ChildProcess;
  /** Resolves once a line with that message was written. */
  logged: (msg: string) => Promise<void>;
  ended: Promise<{ code: number | null; messages: string[]; text: string }>;
} {
  const child = spawn(process.execPath, [fixture, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  const messages = (): string[] => lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
  return {
    child,
    async logged(msg) {
      while (!messages().includes(msg)) await once(reader, 'line');
    },
    ended: once(child, 'close').then(([code]: (number | null)[]) => ({
      code: code ?? null,
      messages: messages(),
      text: lines.join('\n'),
    })),
  };
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe('runUntilSignal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('stops on %s and exits 0', async (signal) => {
    const { child, logged, ended } = run('slow');
    await logged('ready');

    child.kill(signal);

    const { code, messages } = await ended;
    expect(code).toBe(0);
    expect(messages).toEqual(['ready', 'test stopping', 'all put away', 'test stopped']);
  });

  it('exits 1 with a line in the log when the deadline ends the stop', async () => {
    const { child, logged, ended } = run('never');
    await logged('ready');
    const signalledAtMs = performance.now();

    child.kill('SIGTERM');

    const { code, messages } = await ended;
    expect(code).toBe(1);
    expect(messages.at(-1)).toBe('test did not stop in time');
    expect(performance.now() - signalledAtMs).toBeGreaterThan(900);
  });

  it('exits at once on a second signal', async () => {
    const { child, logged, ended } = run('never');
    await logged('ready');

    child.kill('SIGTERM');
    await logged('test stopping');
    const signalledAtMs = performance.now();
    child.kill('SIGINT');

    const { code, messages } = await ended;
    expect(code).toBe(1);
    expect(messages.at(-1)).toBe('test exits at once: second signal');
    expect(performance.now() - signalledAtMs).toBeLessThan(900);
  });

  it('exits 1 when stopping fails', async () => {
    const { child, logged, ended } = run('throws');
    await logged('ready');

    child.kill('SIGTERM');

    const { code, messages } = await ended;
    expect(code).toBe(1);
    expect(messages).toContain('test could not stop cleanly');
  });

  it.each(['exception', 'rejection'])('stops and exits 1 on an uncaught %s', async (fault) => {
    const { code, messages, text } = await run('slow', fault).ended;

    expect(code).toBe(1);
    expect(messages).toContain('test stopping: something threw that nobody caught');
    expect(messages).toContain('all put away');
    expect(text).toContain('nobody caught');
    expect(text).not.toContain('canary');
  });

  it('lets a fault while stopping change the exit code and nothing else', async () => {
    const { child, logged, ended } = run('rejectsMeanwhile');
    await logged('ready');

    child.kill('SIGTERM');

    const { code, messages } = await ended;
    expect(code).toBe(1);
    expect(messages).toContain('all put away');
  });

  it('takes the first signal after a fault for the first', async () => {
    const { child, logged, ended } = run('slow', 'rejection');
    await logged('test stopping: something threw that nobody caught');

    child.kill('SIGTERM');

    const { messages } = await ended;
    expect(messages).toContain('all put away');
  });
});

describe('refuseToStart', () => {
  it.each([
    ['settings', 'BULKWATCH_PROVIDER_ORIGINS: must be set'],
    ['plain', 'Redis is not to be had'],
    ['unknown', 'The worker cannot start: EUNKNOWN'],
    [
      'listening',
      /^The worker cannot start: it cannot listen on 127\.0\.0\.1 port \d+ \(EADDRINUSE\)\.\n$/,
    ],
  ])('says of a fault of kind %s: %s', (kind, said) => {
    const { status, stderr } = spawnSync(process.execPath, [refused, kind], { encoding: 'utf8' });

    expect(status).toBe(1);
    expect(stderr).toMatch(said);
    expect(stderr).not.toContain('canary');
  });
});
