import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, authenticating, setupApi } from '../../../services/api/tests/harness.js';
import { exitCodes } from '../src/exit-codes.js';
import { type Ran, runShell } from './run-command.js';

let api: Api;
let env: Record<string, string>;
beforeAll(async () => {
  api = await setupApi(authenticating);
  env = {
    BULKWATCH_API_URL: `http://127.0.0.1:${api.port}`,
    BULKWATCH_API_KEY: await api.keyOf('default', 'jobs:read', 'jobs:write'),
  };
});
afterAll(() => api.stop());

const shell = (line: string, more: Record<string, string> = {}): Promise<Ran> =>
  runShell(line, { ...env, ...more });

/** More than a pipe holds, when they are listed. */
const registerMany =
  'for i in $(seq 400); do echo https://ehr.example.org/jobs/$i; done | bulkwatch register --file - --json';

describe('the program bulkwatch', () => {
  it('reads from a pipe and writes into one, results apart from remarks', async () => {
    const made = await shell(`${registerMany} | wc -l`);
    expect(made).toEqual({ code: 0, out: ['400'], said: '' });

    const listed = await shell('bulkwatch list | tail -n 1');
    expect(listed.out[0]).toContain('https://ehr.example.org');
    expect(listed.out[0]).not.toContain('\u001b');
    expect(listed.said).toContain('--all shows all');
  });

  it('writes into a file, and through another program, what it writes into a pipe', async () => {
    const { out, code } = await shell(
      'f=$(mktemp); bulkwatch list --limit 3 > $f; cat $f; rm $f; bulkwatch list --limit 3 | cat',
    );

    expect(code).toBe(0);
    expect(out).toHaveLength(8);
    const lines = out.map((line) => line.replace(/\d+ s ago +/, ''));
    expect(lines.slice(0, 4)).toEqual(lines.slice(4));
    expect(out[0]).toMatch(/^ID +STATE +HEALTH +PROGRESS +ETA +REASON/);
  });

  it('ends quietly when nobody reads on', async () => {
    await shell(registerMany);
    const { code, out, said } = await shell('bulkwatch list --all --json | head -n 1');

    expect(out).toHaveLength(1);
    expect(said).toBe('');
    expect(code).toBe(exitCodes['pipe-closed'].code);
  });

  it.each([
    ['refused', 'bulkwatch show nothing', {}],
    ['refused', 'bulkwatch list', { BULKWATCH_API_KEY: 'bwk_0000000000000000_wrong' }],
    ['usage', 'bulkwatch list --api-url ftp://example.org', {}],
    ['usage', 'bulkwatch list', { BULKWATCH_API_URL: 'example.org' }],
    ['usage', 'bulkwatch lst', {}],
    ['ok', 'bulkwatch watch --help', {}],
  ] as const)('ends as %s: %s', async (exit, line, more) => {
    const { code, said } = await shell(line, more);

    expect(code).toBe(exitCodes[exit].code);
    expect(said).not.toContain('    at ');
    expect(said).not.toContain(env['BULKWATCH_API_KEY']);
  });

  it('ends when one job cannot be watched, and waits for no other', async () => {
    const made = await shell(
      'bulkwatch register https://ehr.example.org/jobs/held | cut -d" " -f1',
    );
    const { code } = await shell(`bulkwatch watch ${made.out[0]} nothing`);

    expect(code).toBe(exitCodes.refused.code);
  });

  it('has colours on a terminal, unless NO_COLOR is set', async () => {
    await shell('bulkwatch register https://ehr.example.org/jobs/terminal');
    const inTerminal = (more: Record<string, string>) =>
      shell(`export -f bulkwatch; script -qec 'bulkwatch list' /dev/null`, {
        SHELL: '/bin/bash',
        TERM: 'xterm',
        ...more,
      });
    const colored = await inTerminal({});
    const plain = await inTerminal({ NO_COLOR: '1' });

    expect(colored.out[0]).toContain('\u001b[2mID');
    expect(plain.out[0]?.startsWith('ID ')).toBe(true);
    expect(plain.out.join('')).not.toContain('\u001b');
  });
});

describe('with something else at the URL', () => {
  it('says that it is none of ours', async () => {
    const server = createServer((_request, response) => response.end('<html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, said } = await shell(`bulkwatch show x --api-url http://127.0.0.1:${port}`);
    server.close();

    expect(code).toBe(exitCodes.unreachable.code);
    expect(said).toContain('--api-url says where the api is');
  });
});
