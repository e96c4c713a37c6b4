import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { type RunningProcess, startProcess } from './start-process.js';

export interface RedisOptions {
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
  const directory = await mkdtemp(join(tmpdir(), 'bulkwatch-redis-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const port = await freePort();
    const settings = { ...durable, ...options.settings, port: String(port), dir: directory };
    return await control({ port, directory }, () => startServer(port, settings), remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

async function control(
  { port, directory }: { port: number; directory: string },
  start: () => Promise<RunningProcess>,
  removeData: () => Promise<void>,
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
      await removeData();
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
      await removeData();
      await mkdir(directory);
      await cp(folder, directory, { recursive: true });
      server = await start();
    },
  };
}

async function startServer(
  port: number,
  settings: Readonly<Record<string, string>> & { readonly dir: string },
): Promise<RunningProcess> {
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const server = await startFirstOf(['redis-server', 'valkey-server'], args, settings.dir);
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
  args: readonly string[],
  scratchDirectory: string,
): Promise<RunningProcess> {
  for (const command of commands) {
    try {
      return await startProcess({ command, args, scratchDirectory });
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
