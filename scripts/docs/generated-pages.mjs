import { alertsPage } from './alerts-page.mjs';
import { asyncApiPage } from './async-api-page.mjs';
import { cliPage } from './cli-page.mjs';
import { configurationPage } from './configuration-page.mjs';
import { dashboardsPage } from './dashboards-page.mjs';
import { environmentExample } from './environment-example.mjs';
import { eventsPage } from './events-page.mjs';
import { jsonSchemaPages } from './json-schema-pages.mjs';
import { metricsPage } from './metrics-page.mjs';
import { openApiPage } from './open-api-page.mjs';
import { providersPage } from './providers-page.mjs';
import { reasonsPage } from './reasons-page.mjs';
import { reliabilityPage } from './reliability-page.mjs';
import { statesPage } from './states-page.mjs';

/**
 * Every generated page, by its path from the root.
 * @returns {Record<string, string>}
 */
export function generatedPages() {
  return {
    'docs/configuration.md': configurationPage(),
    '.env.example': environmentExample(),
    'docs/metrics.md': metricsPage(),
    'docs/alerts.md': alertsPage(),
    'docs/dashboards.md': dashboardsPage(),
    'docs/reasons.md': reasonsPage(),
    'docs/events.md': eventsPage(),
    'docs/states.md': statesPage(),
    'docs/reliability.md': reliabilityPage(),
    'docs/providers.md': providersPage(),
    'docs/cli.md': cliPage(),
    'docs/openapi.json': openApiPage(),
    'docs/asyncapi.json': asyncApiPage(),
    ...jsonSchemaPages(),
  };
}
