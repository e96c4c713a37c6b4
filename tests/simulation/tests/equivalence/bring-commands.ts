import { keys } from '@bulkwatch/store/parts';
import fc from 'fast-check';
import { type Finding, findings } from './decisions.js';
import { type Deed, deed, hasJobs, reach } from './model.js';
import { apply, claim, passUntilDue } from './movement-commands.js';

/** How often a job comes back to a gate that has others before it. */
const triesMax = 6;

/** Has a job polled as soon as it is due and its provider takes it, and this come of it. */
export const bring = (what: { readonly job: number; readonly finding: Finding }): Deed =>
  deed('bring', what, {
    check: hasJobs,
    async run(model, bench, { job, finding }) {
      const before = model.claims.length;
      for (let tries = 0; tries < triesMax && model.claims.length === before; tries += 1) {
        await passUntilDue({ job }).run(model, bench);
        await claim({ job, dice: 0 }).run(model, bench);
      }
      if (model.claims.length > before) await apply({ claim: 0, finding }).run(model, bench);
    },
  });

/** Lets pass the time until the expiry of somebody's files has to be looked at. */
export const passUntilExpiry = (): Deed =>
  deed('passUntilExpiry', null, {
    run(model, { twin }) {
      const [first] = twin.commands.zrange(keys.expiry, 0, 0);
      if (!first || first[1] <= twin.now) return;
      twin.passTo(first[1]);
      reach(model, 'an expiry comes near');
    },
  });

const job = fc.nat(4);
const completions = findings.map(
  (finding): Finding => ({ ...finding, ends: true, how: 'complete' }),
);

/** What gets jobs where operators, subscribers and the clock have to do with them. */
export const bringing: readonly fc.Arbitrary<Deed>[] = [
  ...Array.from({ length: 4 }, () => fc.record({ job, finding: completions }).map(bring)),
  ...Array.from({ length: 2 }, () => fc.record({ job, finding: findings }).map(bring)),
  ...Array.from({ length: 2 }, () => fc.constant(null).map(passUntilExpiry)),
];
