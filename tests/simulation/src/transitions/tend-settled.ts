import type { Commands } from '../redis/commands.js';
import { mustBeNumber, numberOr, type Texts, texts } from './lib/lua.js';
import type { Transition } from './transition.js';

const newsMs = 86_400_000;

/** `tend-settled.lua` */
export const tendSettled: Transition = (redis, keys, args) => {
  const [index = ''] = keys;
  const [after, before, limit] = texts<8>(args);
  const upkeep = new Upkeep(redis, texts<10>(keys), texts<8>(args));
  const page = redis.zrangebylex(index, after, before, mustBeNumber(limit));
  for (const id of page) upkeep.tend(id);
  const { jobs, polls, manifests } = upkeep.removed;
  const last = page.length === mustBeNumber(limit) ? (page.at(-1) ?? '') : '';
  return [last, jobs, polls, manifests];
};

/** One page of jobs: what the functions of the script share. */
class Upkeep {
  readonly removed = { jobs: 0, polls: 0, manifests: 0 };
  readonly #redis: Commands;
  readonly #keys: Texts<10>;
  readonly #args: Texts<8>;
  readonly #now: number;

  constructor(redis: Commands, keys: Texts<10>, args: Texts<8>) {
    this.#redis = redis;
    this.#keys = keys;
    this.#args = args;
    this.#now = redis.time();
  }

  tend(id: string): void {
    const redis = this.#redis;
    const [, jobs, timelines, , , due, expiry] = this.#keys;
    const [, , , jobsMs, pollsMs, manifestsMs, , filesMaxMs] = this.#args;
    const now = this.#now;
    const [state, settledAt, refreshedAt, refreshUntil, deleteUntil, expiresAtText, ...rest] =
      redis.hmget(
        `${jobs}:${id}`,
        'state',
        'settledAt',
        'refreshedAt',
        'refreshUntil',
        'deleteUntil',
        'expiresAt',
        'acknowledgedAt',
        'deletedAtProviderAt',
        'expiryTold',
      );
    const [acknowledgedAt, deletedAtProviderAt, expiryTold] = rest;
    if (state === undefined) {
      this.#removeJob(id);
      return;
    }
    if (refreshUntil !== undefined || deleteUntil !== undefined) {
      if (redis.zscore(due, id) === undefined) redis.zadd(due, now, id);
      return;
    }
    if (settledAt === undefined) return;
    const ageMs = now - Math.max(mustBeNumber(settledAt), numberOr(refreshedAt, 0));
    const hasAge = (retentionMs: string) =>
      retentionMs !== '' && ageMs >= mustBeNumber(retentionMs);
    const expiresAt =
      deletedAtProviderAt !== undefined || expiresAtText === undefined
        ? undefined
        : mustBeNumber(expiresAtText);
    const areFilesWanted =
      expiresAt !== undefined &&
      now < expiresAt &&
      acknowledgedAt === undefined &&
      ageMs < mustBeNumber(filesMaxMs);
    if (hasAge(jobsMs) && !areFilesWanted) {
      this.#removeJob(id);
      return;
    }
    if (hasAge(pollsMs)) this.removed.polls += redis.del(`${timelines}:${id}`);
    if (hasAge(manifestsMs) && !areFilesWanted) this.#removeManifest(id);
    if (expiresAt === undefined || expiryTold === `${expiresAtText}-0`) return;
    if (redis.zscore(expiry, id) === undefined) this.#putBack(id, expiresAt);
  }

  #removeJob(id: string): void {
    const redis = this.#redis;
    const [index, jobs, timelines, manifests, pages, due, expiry, expiring, failing, disabled] =
      this.#keys;
    redis.zrem(failing, `${jobs}:${id}`);
    redis.srem(disabled, `${jobs}:${id}`);
    for (const base of [jobs, timelines, manifests, pages]) redis.del(`${base}:${id}`);
    for (const key of [index, due, expiry, expiring]) redis.zrem(key, id);
    this.removed.jobs += 1;
  }

  #removeManifest(id: string): void {
    const [, jobs, , manifests, pages] = this.#keys;
    this.#redis.del(`${pages}:${id}`);
    if (this.#redis.del(`${manifests}:${id}`) === 0) return;
    this.#redis.hset(`${jobs}:${id}`, 'manifestRemovedAt', this.#now);
    this.#redis.hincrby(`${jobs}:${id}`, 'version', 1);
    this.removed.manifests += 1;
  }

  #putBack(id: string, expiresAt: number): void {
    const [, jobs, , , , , expiry] = this.#keys;
    const [, , , , , , expiryAheadMs] = this.#args;
    if (this.#now < expiresAt + newsMs) {
      this.#redis.zadd(expiry, expiresAt - mustBeNumber(expiryAheadMs), id);
      return;
    }
    const told = `${this.#redis.hget(`${jobs}:${id}`, 'expiresAt') ?? ''}-0`;
    this.#redis.hset(`${jobs}:${id}`, 'expiryTold', told);
    this.#redis.hincrby(`${jobs}:${id}`, 'version', 1);
  }
}
