import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cutPower, type Heal, type PowerCut, refuseWrites, slowSyncs } from './disk-trouble.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { type MovableClock, makeMovableClock } from './movable-clock.js';
import { type ProcessOptions, type RunningProcess, startProcess } from './start-process.js';

export interface RedisOptions {
  /** A redis.conf to start from in place of the durable settings used here. */
  readonly conf?: string;
  /** Lets `moveClock` be used. */
  readonly movableClock?: boolean;
  /** Directives of redis.conf that override or add to the durable ones used here, by name. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Redis {
  readonly url: string;
  readonly port: number;
  /** Where its data is. */
  readonly directory: string;
  /** Changes with `restart`. */
  readonly pid: number;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
  /** SIGKILL. The data stays for `restart`. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing is answered. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Starts the server again on the same port and data; kills it first if it still runs. */
  restart(): Promise<void>;
  /** Kills the server, throws its data away, and starts it again on a copy of the files in that folder. */
  restore(folder: string): Promise<void>;
  /** The power fails: the server is dead, and what had not reached the disk is lost. `restart` brings it back. Resolves with the bytes lost. */
  cutPower(cut?: PowerCut): Promise<number>;
  /** Has every sync of the append-only file take so much longer. */
  slowFsync(ms: number): Promise<Heal>;
  /** Has the disk be full for the append-only file. With `appendfsync always` the server ends itself at its next write. */
  fillDisk(): Promise<Heal>;
  /** Sets the clock of its host so far ahead of the true one, or behind where negative. Throws without `movableClock`. */
  moveClock(aheadMs: number): Promise<void>;
}

/** As in production: every write reaches the disk before it is answered, and nothing is evicted. */
const durable = {
  bind: '127.0.0.1',
  save: '',
  appendonly: 'yes',
  appendfsync: 'always',
  'maxmemory-policy': 'noeviction',
};

/**
 * Starts a private Redis or Valkey from PATH on a free loopback port, in a fresh directory.
 * Throws when neither is installed, or when the server does not answer in time.
 */
export async function startRedis(options: RedisOptions = {}): Promise<Redis> {
  const folder = await mkdtemp(join(tmpdir(), 'bulkwatch-redis-'));
  const directory = join(folder, 'data');
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await mkdir(directory);
    const clock = options.movableClock ? await makeMovableClock(folder) : undefined;
    const port = await freePort();
    const settings = {
      ...(options.conf === undefined ? durable : { bind: '127.0.0.1' }),
      ...options.settings,
      port: String(port),
      dir: directory,
    };
    const starting = { conf: options.conf, settings, clock, scratchDirectory: folder };
    return await control({ port, directory, clock }, () => startServer(port, starting), remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

interface Starting {
  readonly conf: string | undefined;
  readonly settings: Readonly<Record<string, string>>;
  readonly clock: MovableClock | undefined;
  readonly scratchDirectory: string;
}

async function control(
  { port, directory, clock }: { port: number; directory: string; clock: MovableClock | undefined },
  start: () => Promise<RunningProcess>,
  removeAll: () => Promise<void>,
): Promise<Redis> {
  let server = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    directory,
    get pid() {
      return server.pid;
    },
    async stop() {
      await server.kill();
      await removeAll();
    },
    async kill() {
      await server.kill();
    },
    pause: () => server.pause(),
    resume: () => server.resume(),
    async restart() {
      await server.kill();
      server = await start();
    },
    async restore(folder) {
      await server.kill();
      await rm(directory, { recursive: true, force: true });
      await mkdir(directory);
      await cp(folder, directory, { recursive: true });
      server = await start();
    },
    cutPower: (cut = {}) => cutPower(server, directory, cut),
    slowFsync: (ms) => slowSyncs(server.pid, directory, ms),
    fillDisk: () => refuseWrites(server.pid, directory),
    async moveClock(aheadMs) {
      if (!clock) throw new Error('This Redis was started without movableClock.');
      await clock.move(aheadMs);
    },
  };
}

async function startServer(
  port: number,
  { conf, settings, clock, scratchDirectory }: Starting,
): Promise<RunningProcess> {
  const directives = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const server = await startFirstOf(['redis-server', 'valkey-server'], {
    args: [...(conf === undefined ? [] : [conf]), ...directives],
    scratchDirectory,
    ...(clock && { env: clock.env }),
  });
  try {
    await untilAnswering(server, port);
    return server;
  } catch (error) {
    await server.kill();
    const output = server.lines().slice(-20).join('\n');
    throw new Error(`Redis did not start. Its last output:\n${output}`, { cause: error });
  }
}

async function startFirstOf(
  commands: readonly string[],
  {
    args,
    scratchDirectory,
    env,
  }: Required<Pick<ProcessOptions, 'args' | 'scratchDirectory'>> & {
    readonly env?: MovableClock['env'];
  },
): Promise<RunningProcess> {
  for (const command of commands) {
    try {
      if (!env) return await startProcess({ command, args, scratchDirectory });
      // Added to the environment by a program that becomes the server, and would not tell that there is none.
      await (await startProcess({ command, args: ['--version'] })).exited;
      const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      const all = [...variables, command, ...args];
      return await startProcess({ command: 'env', args: all, scratchDirectory });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error(
    `Neither ${commands.join(' nor ')} is on PATH: install Redis or Valkey to run these tests.`,
  );
}

async function untilAnswering(server: RunningProcess, port: number): Promise<void> {
  const ended = server.exited.then(() => {
    throw new Error('The server ended.');
  });
  await Promise.race([ended, eventually(() => ping(port), { timeoutMs: 10_000, everyMs: 10 })]);
}

/** Throws until the server takes commands; one that wants a password first is answering too. */
async function ping(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [reply] = (await once(socket, 'data')) as [Buffer];
    if (!/^(\+PONG|-NOAUTH)/.test(reply.toString())) throw new Error(reply.toString());
  } finally {
    socket.destroy();
  }
}
