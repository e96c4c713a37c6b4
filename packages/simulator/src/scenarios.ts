import { absurdHeaders } from './scenarios/absurd-headers.js';
import { clouds } from './scenarios/clouds.js';
import { cms } from './scenarios/cms.js';
import { endings } from './scenarios/endings.js';
import { faulty } from './scenarios/faulty.js';
import { hapi } from './scenarios/hapi.js';
import { lookAlikes } from './scenarios/look-alikes.js';
import { manifests } from './scenarios/manifests.js';
import { oracle } from './scenarios/oracle.js';
import { redirects } from './scenarios/redirects.js';
import type { Scenario } from './scenarios/scenario.js';
import { servers } from './scenarios/servers.js';
import { smartReference } from './scenarios/smart-reference.js';
import { statuses } from './scenarios/statuses.js';

const table = {
  ...oracle,
  ...hapi,
  ...cms,
  ...clouds,
  ...servers,
  ...smartReference,
  ...lookAlikes,
  ...endings,
  ...manifests,
  ...redirects,
  ...statuses,
  ...absurdHeaders,
  ...faulty,
};

export type ScenarioName = keyof typeof table;

/** Every export that can be asked for by name: real servers with their quirks, then all that can go wrong. */
export const scenarios: Readonly<Record<ScenarioName, Scenario>> = table;

export const scenarioNames = Object.keys(table) as ScenarioName[];

export const isScenarioName = (name: string): name is ScenarioName => Object.hasOwn(table, name);
