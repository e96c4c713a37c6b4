import { keys } from '../keys.js';
import { ask } from '../store-context.js';
import { readJobPage } from './job-pages.js';
import type { Migration } from './migration.js';

/**
 * Jobs from before there was a list of providers have theirs put on it, so that operators see it. Releases from then do
 * not tell that they live, so it leaves them a quarter of an hour to end.
 */
export const listProviders: Migration = {
  schema: 2,
  what: 'Lists the provider of every open job, also of those from before there was a list.',
  readableBy: 1,
  settleMs: 15 * 60 * 1000,
  async migratePage(context, from) {
    const { redis } = context;
    const { ids, next } = await readJobPage(context, ['registered', 'in-progress'], from);
    const found = await ask(Promise.all(ids.map((id) => redis.hget(keys.job(id), 'provider'))));
    const origins = new Set(found.filter((origin) => origin !== null));
    if (origins.size > 0) await ask(redis.sadd(keys.providersIndex, ...origins));
    return next;
  },
};
