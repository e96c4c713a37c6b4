import { fhirBulk } from './fhir-bulk/fhir-bulk.js';
import { statusField } from './status-field/status-field.js';
import type { StatusProtocol } from './status-protocol.js';

/** Every protocol that a status URL can speak, by its name at registration. */
export const protocols: ReadonlyMap<string, StatusProtocol> = new Map([
  ['fhir-bulk', fhirBulk],
  ['status-field', statusField],
]);

/** What a status URL speaks when nobody says otherwise. */
export const defaultProtocol = 'fhir-bulk';

/** @throws Error for a name that is in no table: presets and registrations have been checked before. */
export function protocolOf({ protocol: name }: { readonly protocol: string }): StatusProtocol {
  const protocol = protocols.get(name);
  if (!protocol) throw new Error(`there is no protocol ${name}`);
  return protocol;
}
