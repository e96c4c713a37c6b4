import { openApiDocument, routeTable } from '@bulkwatch/api';

/** `docs/openapi.json`: the document that the api serves at `/openapi.json`. */
export function openApiPage() {
  return `${JSON.stringify(openApiDocument(routeTable), null, 2)}\n`;
}
