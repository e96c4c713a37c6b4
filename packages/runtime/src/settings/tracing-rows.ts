import { flag } from './setting-kinds.js';
import type { SettingRow } from './setting-row.js';

/** Settings of traces; where they are sent is said by the variables of OpenTelemetry. */
export const tracingRows = [
  {
    key: 'tracing',
    env: 'BULKWATCH_TRACING',
    kind: flag,
    default: 'false',
    services: ['api', 'worker'],
    group: 'Operation',
    description:
      'Sends OpenTelemetry traces, one of each poll and one of each request of the API, to the collector that `OTEL_EXPORTER_OTLP_ENDPOINT` names; see docs/tracing.md.',
    whenToChange: 'Set it, for both services, where a collector takes OTLP over HTTP.',
  },
] as const satisfies readonly SettingRow[];
