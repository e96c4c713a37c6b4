import { asyncApiDocument } from '@bulkwatch/api';
import { exampleEvents } from './example-events.mjs';

/** `docs/asyncapi.json`: the document that the api serves at `/asyncapi.json`, and an example of each event. */
export function asyncApiPage() {
  return `${JSON.stringify(asyncApiDocument(exampleEvents()), null, 2)}\n`;
}
