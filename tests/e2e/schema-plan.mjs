// Preloaded into a service (node --import) whose schema plan is to be another: quick, so that nobody waits for half a
// minute, and with SCHEMA_PLAN=next that of the release after this one, which has one more migration.
import { register } from 'node:module';

register('./schema-plan-loader.mjs', import.meta.url, {
  data: { isNext: process.env.SCHEMA_PLAN === 'next' },
});
