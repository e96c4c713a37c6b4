import {
  transitions as allTransitions,
  Commands,
  KeySpace,
  plainCommands,
  simulatedRedis,
  type Transition,
} from '@bulkwatch/simulation';
import { Redis as RedisClient, ReplyError } from 'ioredis';
import { differencesOf, isSameText } from './differences.js';
import { imageOfServer, imageOfSpace } from './redis-image.js';
import { clockKey, inSimulatedTime } from './simulated-lua.js';

type Parameters = readonly (string | number | Buffer)[];
type Client = Record<string, (...parameters: Parameters) => Promise<unknown>>;

/** A key that is about to expire could do so by the host's clock first: instants so close before that are passed over. */
const lastMs = 1_000;

/** A real Redis and its stand-in came to different replies or data. To the store a reply that no Redis may give. */
export class TwinsDiffer extends (ReplyError as new (message: string) => Error) {
  override readonly name = 'TwinsDiffer';
}

/**
 * Two in one: a real Redis, whose scripts run in simulated time, and the key space on which their transitions run. Each
 * call of the store's own code goes to both, one call at a time, and replies and data are compared after each; the first
 * difference rejects the call, and all later ones.
 */
export class Twin {
  /** As the store's code has it. */
  readonly redis: RedisClient;
  /** What both hold. */
  readonly commands: Commands;
  /** How often each script and command was compared. */
  readonly compared = new Map<string, number>();
  #now: number;
  readonly #real: RedisClient;
  readonly #simulated: RedisClient;
  #last: Promise<unknown> = Promise.resolve();
  /** Keys that expire, as of the last call. */
  #mortal: readonly string[] = [];

  constructor(
    url: string,
    now: number,
    transitions: Readonly<Record<string, Transition>> = allTransitions,
  ) {
    this.#now = now;
    const space = new KeySpace(() => this.#now);
    this.commands = new Commands(space);
    this.#real = new RedisClient(url);
    this.#simulated = simulatedRedis(space, transitions);
    this.redis = this.#client();
  }

  get now(): number {
    return this.#now;
  }

  /** Sets the clock of both on, or back; a little further where a key would be about to expire. */
  passTo(instant: number): void {
    const { space } = this.commands;
    this.#now = instant;
    const isClose = () =>
      space.keys().some((key) => {
        const ttlMs = space.pttl(key);
        return ttlMs >= 0 && ttlMs < lastMs;
      });
    while (isClose()) this.#now += lastMs;
  }

  /** Sets or clears a field of a hash on both sides, as somebody else's command would. */
  async setField(key: string, field: string, value: string | undefined): Promise<void> {
    if (value === undefined) {
      this.commands.hdel(key, field);
      await this.#real.hdel(key, field);
    } else {
      this.commands.hset(key, field, value);
      await this.#real.hset(key, field, value);
    }
  }

  /** Forgets everything, on both sides. */
  async clear(now: number): Promise<void> {
    await this.#last.catch(() => undefined);
    this.#last = Promise.resolve();
    this.#mortal = [];
    this.commands.space.restore({ entries: new Map(), expiries: new Map() });
    this.#now = now;
    await this.#real.flushall();
  }

  close(): void {
    this.#real.disconnect();
  }

  #client(): RedisClient {
    const client: Record<string, unknown> = {
      defineCommand: (command: string, script: { numberOfKeys: number; lua: string }) => {
        this.#simulated.defineCommand(command, script);
        this.#real.defineCommand(command, { ...script, lua: inSimulatedTime(script.lua) });
        client[command] = (...parameters: Parameters) => this.#call(command, parameters);
      },
    };
    for (const name of Object.keys(plainCommands)) {
      client[name] = (...parameters: Parameters) => this.#call(name, parameters);
    }
    return client as unknown as RedisClient;
  }

  #call(name: string, parameters: Parameters): Promise<unknown> {
    const turn = this.#last.then(() => this.#onBoth(name, parameters));
    this.#last = turn.catch((error: unknown) => {
      if (error instanceof TwinsDiffer) throw error;
    });
    // Whoever calls hears of it.
    this.#last.catch(() => undefined);
    return turn;
  }

  async #onBoth(name: string, parameters: Parameters): Promise<unknown> {
    const startedAt = performance.now();
    await this.#setClock();
    const real = await outcomeOf(this.#real, name, parameters);
    const simulated = await outcomeOf(this.#simulated, name, parameters);
    const held = await imageOfServer(this.#real);
    const ours = imageOfSpace(this.commands);
    const elapsedMs = performance.now() - startedAt;
    const differences = [
      ...differentReplies(real, simulated),
      ...differencesOf(held, ours, elapsedMs),
    ];
    this.#mortal = [...ours].filter(([, { ttlMs }]) => ttlMs >= 0).map(([key]) => key);
    if (differences.length > 0) throw new TwinsDiffer(report(name, parameters, differences));
    this.compared.set(name, (this.compared.get(name) ?? 0) + 1);
    if ('failed' in real) throw new Error(real.failed);
    return real.reply;
  }

  /** The real one's keys live as long from now on as they do in simulated time. */
  async #setClock(): Promise<void> {
    const { space } = this.commands;
    const commands = this.#real.pipeline().set(clockKey, this.#now);
    for (const key of this.#mortal) {
      const ttlMs = space.pttl(key);
      if (ttlMs === -2) commands.del(key);
      else commands.pexpire(key, ttlMs);
    }
    await commands.exec();
  }
}

/** Commands whose reply is in no order that means anything. */
const unordered: readonly string[] = ['smembers'];

type Outcome = { readonly reply: unknown } | { readonly failed: string };

async function outcomeOf(
  redis: RedisClient,
  name: string,
  parameters: Parameters,
): Promise<Outcome> {
  try {
    const run = (redis as unknown as Client)[name];
    const reply = await run?.apply(redis, [...parameters]);
    return { reply: unordered.includes(name) ? (reply as string[]).toSorted() : reply };
  } catch (error) {
    return { failed: (error as Error).message };
  }
}

/** What was said to be wrong may be worded differently. */
function differentReplies(real: Outcome, simulated: Outcome): readonly string[] {
  if ('failed' in real && 'failed' in simulated) return [];
  const [theirs, ours] = [JSON.stringify(real), JSON.stringify(simulated)];
  const isSame =
    'reply' in real && 'reply' in simulated && isSameReply(real.reply, simulated.reply);
  return isSame ? [] : [`Redis: ${theirs}, here: ${ours}`];
}

function isSameReply(real: unknown, simulated: unknown): boolean {
  if (typeof real === 'string' && typeof simulated === 'string') return isSameText(real, simulated);
  if (!isObject(real) || !isObject(simulated)) return real === simulated;
  return (
    Object.keys(real).length === Object.keys(simulated).length &&
    Object.keys(real).every((name) => isSameReply(real[name], simulated[name]))
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const report = (name: string, parameters: Parameters, differences: readonly string[]): string =>
  [`${name} ${JSON.stringify(parameters.map(String))}`, ...differences].join('\n  ');
