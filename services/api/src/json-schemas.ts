import { events } from '@bulkwatch/contract';
import { type SchemaName, wholeSchema } from './open-api/schemas.js';

/** Shapes that are given out each in a file of its own, and what they are. */
const files = {
  event: ['ExportEvent', `An event, of any of ${Object.keys(events).length} types.`],
  job: ['Job', 'A tracked job, as `GET /v1/jobs/{id}` answers and as events carry it.'],
  manifest: ['Manifest', 'A manifest, as far as it is looked at; all else is passed on as it is.'],
  poll: ['Poll', 'One poll of the timeline of a job.'],
  problem: ['Problem', 'What the api answers where something is wrong (RFC 9457).'],
  registration: ['Registration', 'What `POST /v1/jobs` takes.'],
  reset: ['Reset', 'Data of the message `reset` of `GET /v1/events`.'],
} as const satisfies Record<string, readonly [SchemaName, string]>;

/**
 * JSON Schemas (draft 2020-12) of what other programs read and write, by the name of their file. Each is whole: it refers
 * to no other. What Bulkwatch writes may gain members, so only what it reads is closed.
 */
export function jsonSchemas(): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(files).map(([file, [name, description]]) => {
      const { $schema, ...schema } = wholeSchema(name);
      return [
        file,
        { $schema, $id: `urn:bulkwatch:v1:${file}`, title: name, description, ...schema },
      ];
    }),
  );
}
