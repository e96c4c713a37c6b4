import type { JsonObject } from '../bodies/json-object.js';
import { firstTextAt, firstValueAt } from '../bodies/json-pointer.js';
import type { StatusFieldOptions, StatusMeaning } from './status-field-options.js';

/** What a status document says of its job, by the options of the preset; undefined where it has no status. */
export function meaningOf(
  object: JsonObject,
  options: StatusFieldOptions,
): StatusMeaning | undefined {
  const status = firstTextAt(object, options.status);
  const meaning = status === undefined ? options.absent : meaningOfValue(status, options);
  return meaning === 'complete' ? endOf(object, options) : meaning;
}

function meaningOfValue(status: string, { values }: StatusFieldOptions): StatusMeaning {
  const listed = Object.entries(values).find(([value]) => isSame(value, status));
  return listed?.[1] ?? 'in-progress';
}

/** Some services call a job done whether it has succeeded or not: what is there besides tells. */
function endOf(object: JsonObject, { failure }: StatusFieldOptions): StatusMeaning {
  if (failure === undefined || firstValueAt(object, failure.at) === undefined) return 'complete';
  const value = firstTextAt(object, failure.at);
  const isCancelled =
    value !== undefined && failure.cancelled.some((cancelled) => isSame(cancelled, value));
  return isCancelled ? 'cancelled' : 'failed';
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
