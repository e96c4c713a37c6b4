import { eventually, freePort } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { readRegistrations } from '../src/read-registrations.js';
import { type Ran, runCommand } from './run-command.js';

/** Runs it until `use` is through with it. */
async function simulating(args: readonly string[], use: (port: number) => Promise<void>) {
  const port = await freePort();
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const running: Promise<Ran> = runCommand(['simulate', '--port', `${port}`, ...args], {
    untilStopped: () => stopped,
  });
  try {
    await use(port);
  } finally {
    stop();
  }
  return running;
}

const poll = (url: string) => fetch(url, { headers: { Accept: 'application/fhir+json' } });
/** Status URL of its first export. */
async function firstOf(port: number): Promise<string> {
  const { exports } = (await (await reached(port)).json()) as { exports: { statusUrl: string }[] };
  return exports[0]?.statusUrl ?? '';
}
const reached = (port: number) =>
  eventually(() => fetch(`http://127.0.0.1:${port}/_simulator/exports`));

describe('bulkwatch simulate', () => {
  it('plays until it is stopped, and its lines are what register takes', async () => {
    const { code, out, said } = await simulating(
      ['--times', '2', '--wait', '1', 'dpc/plain', 'generic/plain'],
      async (port) => void (await reached(port)),
    );
    const registrations: object[] = [];
    for await (const { registration } of readRegistrations(out, {}))
      registrations.push(registration);

    expect(code).toBe(0);
    expect(registrations).toHaveLength(4);
    expect(registrations[0]).toMatchObject({ preset: 'dpc' });
    expect(registrations[3]).toEqual({ statusUrl: expect.stringContaining('http://127.0.0.1:') });
    expect(said).toContain(`bulkwatch register ${out[2]} --label from:simulator`);
    expect(said).toContain('BULKWATCH_PROVIDER_ORIGINS=http://127.0.0.1:');
  });

  it('answers polls without a token, with the wait that is wanted', async () => {
    const answers: (string | null)[] = [];
    const { out } = await simulating(['--json', '--wait', '7'], async (port) => {
      const answer = await poll(await firstOf(port));
      answers.push(answer.headers.get('retry-after'), answer.headers.get('x-progress'));
    });

    expect(answers).toEqual(['7', '5%']);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({
      origin: expect.stringContaining('http://127.0.0.1:'),
      exports: [{ scenario: null, preset: null }],
    });
  });

  it('shows the credential that gets a token, where one is wanted', async () => {
    const { out, said } = await simulating(
      ['--with-token'],
      async (port) => void (await reached(port)),
    );

    expect(JSON.parse(out[0] ?? '')).toMatchObject({ credential: 'simulator' });
    expect(said).toContain('"kind":"client-secret-basic"');
    expect(said).toContain('--credential simulator');
  });

  it('lists what there is', async () => {
    const { out } = await runCommand(['simulate', '--list', '--json']);

    expect(out.length).toBeGreaterThan(150);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ name: 'oracle-millennium/plain' });
  });

  it.each([
    [['dpc/plan'], 2, /did you mean dpc\/plain\?/],
    [['--wait', '1', '--real-waits'], 2, /cannot be given together/],
    [['--port', 'x'], 2, /--port must be/],
  ])('refuses %j', async (args, exit, says) => {
    const { code, said } = await runCommand(['simulate', ...args]);

    expect(code).toBe(exit);
    expect(said).toMatch(says);
  });

  it('says that its port is taken', async () => {
    await simulating([], async (port) => {
      await reached(port);
      const { code, said } = await runCommand(['simulate', '--port', `${port}`]);
      expect(code).toBe(1);
      expect(said).toContain('EADDRINUSE');
    });
  });
});
