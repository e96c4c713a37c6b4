import { isJsonObject, type JsonObject } from './json-object.js';

/** What a JSON Pointer looks like, but for the empty one, which means the whole document. */
export const jsonPointerPattern = /^(?:\/(?:[^~/]|~[01])*)+$/;

/** The value that a JSON Pointer leads to in a document (RFC 6901 section 4); undefined where there is none. */
export function valueAt(document: JsonObject, pointer: string): unknown {
  const names = pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  let value: unknown = document;
  for (const name of names) value = memberOf(value, name);
  return value;
}

function memberOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/.test(name) ? value[Number(name)] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The first value that one of the pointers leads to, `null` not being one. */
export function firstValueAt(document: JsonObject, pointers: readonly string[]): unknown {
  for (const pointer of pointers) {
    const value = valueAt(document, pointer);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** The first value that is a text, a number or a boolean, as a text: the latter two as JSON writes them. */
export function firstTextAt(document: JsonObject, pointers: readonly string[]): string | undefined {
  for (const pointer of pointers) {
    const value = valueAt(document, pointer);
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  }
  return undefined;
}
