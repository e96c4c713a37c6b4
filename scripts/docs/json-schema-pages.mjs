import { jsonSchemas } from '@bulkwatch/api';

/** The files of `docs/schemas`, by path. */
export function jsonSchemaPages() {
  return Object.fromEntries(
    Object.entries(jsonSchemas()).map(([name, schema]) => [
      `docs/schemas/${name}.json`,
      `${JSON.stringify(schema, null, 2)}\n`,
    ]),
  );
}
