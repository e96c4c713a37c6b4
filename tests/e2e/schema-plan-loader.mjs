// See schema-plan.mjs.
const file = '/packages/store/dist/schema/migrations.js';
let isNext = false;

const quick = `
import { schemaPlan as shipped } from './migrations.js?as-shipped';
export const migrations = shipped.migrations.map((one) => ({ ...one, settleMs: 0 }));
const base = { ...shipped, newsMs: 1_500 };
`;

/** Marks every job, slowly enough to be met on its way. */
const next = `
import { keys } from '../keys.js';
import { readJobPage } from './job-pages.js';
const newest = migrations.at(-1).schema;
const mark = {
  schema: newest + 1,
  what: 'Marks every job.',
  readableBy: newest,
  async migratePage({ redis }, from) {
    const page = await readJobPage({ redis }, ['registered', 'in-progress', 'completed'], from);
    await Promise.all(page.ids.map((id) => redis.hset(keys.job(id), 'marked', '1')));
    return page.next;
  },
};
export const schemaPlan = { ...base, migrations: [...migrations, mark] };
`;

export function initialize(data) {
  ({ isNext } = data);
}

export async function load(url, context, nextLoad) {
  if (!url.endsWith(file)) return nextLoad(url, context);
  const plan = isNext ? next : 'export const schemaPlan = { ...base, migrations };';
  return { format: 'module', source: quick + plan, shortCircuit: true };
}
