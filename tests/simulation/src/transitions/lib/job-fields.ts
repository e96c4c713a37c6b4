import type { Field } from '../../redis/commands.js';

/** Whether a job is open, by the state in its record. */
export const isOpen = (state: Field): boolean => state === 'registered' || state === 'in-progress';

/** What Redis answers where a script returns a field as it is: `nil` for one that is not there. */
export const fieldReply = (value: Field): string | null => value ?? null;
