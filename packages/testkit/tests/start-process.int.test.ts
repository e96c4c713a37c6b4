import { mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, startProcess } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';

const node = (script: string) => ({ command: process.execPath, args: ['-e', script] });
const chatty = `
  process.on('SIGTERM', () => { console.log('bye'); process.exit(3); });
  console.log('ready ' + process.env.COLOUR);
  let beats = 0;
  setInterval(() => console.error('beat ' + ++beats), 10);
`;

describe('startProcess', () => {
  it('waits for the ready line, hands the environment over and tells how it ended', async () => {
    const child = await startProcess({
      ...node(chatty),
      env: { COLOUR: 'green' },
      readyWhen: /^ready green$/,
    });
    expect(await child.stop()).toEqual({ code: 3, signal: null });
    expect(child.lines()).toContain('bye');
    expect(await child.exited).toEqual({ code: 3, signal: null });
  });

  it('pauses and resumes', async () => {
    const child = await startProcess({ ...node(chatty), readyWhen: (line) => line === 'beat 1' });
    child.pause();
    await new Promise((resolve) => setTimeout(resolve, 30));
    const before = child.lines().length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(child.lines()).toHaveLength(before);
    child.resume();
    await eventually(() => expect(child.lines().length).toBeGreaterThan(before));
    expect(await child.kill()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('kills what does not stop within its grace', async () => {
    const stubborn = `process.on('SIGTERM', () => {}); console.log('ready'); setInterval(() => {}, 9)`;
    const child = await startProcess({ ...node(stubborn), readyWhen: /ready/ });
    expect(await child.stop('SIGTERM', 50)).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('fails with the last output when the process ends or stays silent before it is ready', async () => {
    const dying = node(`console.log('no luck'); process.exit(7)`);
    await expect(startProcess({ ...dying, readyWhen: /ready/ })).rejects.toThrow(
      /ended \(7\) before it was ready[^]*no luck/,
    );
    const silent = { ...node('setInterval(() => {}, 9)'), readyWhen: /ready/, readyTimeoutMs: 200 };
    await expect(startProcess(silent)).rejects.toThrow(/stayed silent/);
  });

  it('fails when the command does not exist', async () => {
    await expect(startProcess({ command: 'no-such-command' })).rejects.toThrow(/ENOENT/);
  });

  it('kills the child and tidies up when the test itself is killed', async () => {
    const testkit = new URL('../dist/index.js', import.meta.url).href;
    const test = `
      import { startProcess } from '${testkit}';
      const child = await startProcess({
        command: process.execPath,
        args: ['-e', 'setInterval(() => {}, 1000)'],
        scratchDirectory: process.env.SCRATCH,
      });
      console.log('child ' + child.pid);
    `;
    const args = ['--input-type=module', '-e', test];
    const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-killed-'));
    const scratch = mkdtempSync(join(folder, 'scratch-'));
    const killed = await startProcess({
      command: process.execPath,
      args,
      env: { TMPDIR: folder, SCRATCH: scratch, PATH: '/usr/bin:/bin' },
      readyWhen: /^child/,
    });
    const childPid = Number(killed.lines()[0]?.slice('child '.length));
    const signalChild = () => process.kill(childPid, 0);
    expect(signalChild()).toBe(true);
    await killed.kill();
    await eventually(() => expect(signalChild).toThrow(/ESRCH/));
    await eventually(() => expect(readdirSync(folder)).toEqual([]));
    rmdirSync(folder);
  });

  it('leaves a log file that was asked for', async () => {
    const logFile = join(tmpdir(), `bulkwatch-log-${process.pid}.log`);
    const child = await startProcess({ ...node(`console.log('kept')`), logFile });
    await child.exited;
    expect(readFileSync(logFile, 'utf8')).toBe('kept\n');
    rmSync(logFile);
  });
});
