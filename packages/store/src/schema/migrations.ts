import { listProviders } from './list-providers.js';
import type { SchemaPlan } from './migration.js';

/**
 * The schemas of this release. Schema 1 is that of all data from before there was a record of it.
 *
 * A change of what is in Redis takes two releases: the first writes the old and the new form and reads both, with a
 * migration that adds the new one everywhere; the second drops the old form, with a migration whose `readableBy` is the
 * schema of the first. See docs/decisions/2026-11-23-a-schema-of-the-data.md.
 */
export const schemaPlan: SchemaPlan = {
  oldest: 1,
  migrations: [listProviders],
  newsMs: 30_000,
};
