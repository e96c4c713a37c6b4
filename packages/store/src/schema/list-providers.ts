import { mendHealth } from '../fleet/health-index.js';
import { keys } from '../keys.js';
import { ask } from '../store-context.js';
import { readJobPage } from './job-pages.js';
import type { Migration } from './migration.js';

/**
 * Jobs from before there was a list of providers have theirs put on it, and those that are not well into the index
 * of poll health, so that operators see them. Releases from then do not tell that they live, so it leaves them a quarter of an
 * hour to end.
 */
export const listProviders: Migration = {
  schema: 2,
  what: 'Lists the provider of every open job, and what its poll health is, also of those from before there were such lists.',
  readableBy: 1,
  settleMs: 15 * 60 * 1000,
  async migratePage(context, from) {
    const { redis } = context;
    const { ids, next } = await readJobPage(context, ['registered', 'in-progress'], from);
    const found = await ask(Promise.all(ids.map((id) => redis.hget(keys.job(id), 'provider'))));
    const origins = new Set(found.filter((origin) => origin !== null));
    if (origins.size > 0) await ask(redis.sadd(keys.providersIndex, ...origins));
    await mendHealth(context, ids);
    return next;
  },
};
