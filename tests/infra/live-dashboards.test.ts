import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { allDashboards, drawDashboard, resolved, type View } from '@bulkwatch/infra';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dashboardQueries } from './support/dashboard.js';
import { pathOf } from './support/infra-files.js';
import { type LivePrometheus, startPrometheus } from './support/live-prometheus.js';
import { type LivelyFleet, startLivelyFleet } from './support/lively-fleet.js';

/** `DRAW_DASHBOARDS=180 npm test -- tests/infra/live-dashboards` draws docs/dashboards anew, of so many seconds. */
const secondsToDraw = Number(process.env['DRAW_DASHBOARDS'] ?? 0);

let fleet: LivelyFleet;
let prometheus: LivePrometheus;
let startedAt: number;

beforeAll(
  async () => {
    fleet = await startLivelyFleet();
    prometheus = await startPrometheus(fleet.ports);
    startedAt = Date.now() / 1000;
    await sleep(secondsToDraw * 1000);
  },
  60_000 + secondsToDraw * 1000,
);
afterAll(async () => {
  await prometheus?.stop();
  await fleet?.stop();
});

/** What somebody sees who has chosen everything, and the provider that answers all kinds of things. */
function view(): View {
  const to = Math.floor(Date.now() / 1000);
  const from = Math.floor(secondsToDraw > 0 ? startedAt : to - 30);
  return {
    from,
    to,
    step: Math.max(1, Math.round((to - from) / 60)),
    // Prometheus looks every second; a picture of minutes is quieter with longer rates.
    scrapeInterval: secondsToDraw > 0 ? 5 : 1,
    choices: {
      job: 'bulkwatch-api|bulkwatch-worker',
      instance: '.+',
      provider: fleet.troubledProvider,
    },
  };
}

describe.each(allDashboards)('the dashboard $name', ({ name, dashboard }) => {
  const queries = dashboardQueries.filter((query) => query.dashboard === name);

  it('has data for every query', async () => {
    expect(queries.length).toBeGreaterThan(20);
    await eventually(
      async () => {
        const empty: string[] = [];
        for (const { title, written } of queries) {
          const expr = resolved(written, view());
          const answer = await prometheus.ask({ ...view(), expr });
          const numbers = answer.flatMap(({ values }) => values.map(([, value]) => Number(value)));
          if (!numbers.some(Number.isFinite)) empty.push(`${title}: ${expr}`);
        }
        expect(empty).toEqual([]);
      },
      { timeoutMs: 25_000, everyMs: 500 },
    );
  });

  it('can be drawn, all of it', async () => {
    const { svg, empty } = await drawDashboard(dashboard, view(), prometheus.ask);
    expect(empty).toEqual([]);
    expect(Buffer.byteLength(svg)).toBeLessThan(300_000);
    if (secondsToDraw === 0) return;
    mkdirSync(pathOf('docs/dashboards'), { recursive: true });
    writeFileSync(pathOf(`docs/dashboards/${name}.svg`), svg);
  });
});
