import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

const run = (args: string[], env: Record<string, string> = {}) => {
  const child = spawn(process.execPath, [main, ...args], { env });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  return {
    child,
    firstLine: once(child.stdout, 'data').then(([data]) => String(data)),
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, errors })),
  };
};

describe('bulkwatch-simulator', () => {
  it('prints where it is, hands out its public origin and ends on SIGTERM', async () => {
    const args = ['--public-origin', 'http://simulator:8090', '--without-token'];
    const { child, firstLine, ended } = run(args, { SIMULATOR_PORT: '0' });
    expect(JSON.parse(await firstLine)).toEqual({
      origin: 'http://simulator:8090',
      otherOrigin: expect.stringMatching(/^http:\/\/simulator:\d+$/) as string,
      tokenUrl: expect.stringMatching(/^http:\/\/simulator:8090\/tenants\/.*\/token$/) as string,
    });
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, errors: '' });
  });

  it('serves the address that it prints', async () => {
    const { child, firstLine, ended } = run(['--port', '0']);
    const { origin } = JSON.parse(await firstLine) as { origin: string };
    expect((await fetch(`${origin}/_simulator/exports`)).status).toBe(200);
    child.kill('SIGINT');
    expect((await ended).code).toBe(0);
  });

  it('lists its scenarios and ends', async () => {
    const { child, ended } = run(['--list-scenarios']);
    let lines = '';
    child.stdout.on('data', (data: Buffer) => {
      lines += data.toString();
    });
    expect((await ended).code).toBe(0);
    expect(lines).toMatch(/^hapi\/cancelled-stays-202 +A cancelled export/m);
  });

  it('offers origins that no secure connection can be made to', async () => {
    const { child, firstLine, ended } = run(['--port', '0', '--bad-tls']);
    const { badTls } = JSON.parse(await firstLine) as { badTls: Record<string, string> };
    await expect(fetch(badTls['plain-http'] ?? '')).rejects.toThrow(/fetch failed/);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  it.each([
    [['--port', 'http'], /--port must be a whole number/],
    [['--public-origin', 'simulator'], /--public-origin must be an origin/],
    [['--colour'], /--colour/],
  ])('refuses %j in one sentence', async (args, message) => {
    const { ended } = run(args);
    const { code, errors } = await ended;
    expect(code).toBe(1);
    expect(errors).toMatch(message);
    expect(errors).not.toMatch(/\n\s+at /);
  });
});
