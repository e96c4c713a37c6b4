import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** An event as a subscriber was given it. */
export interface SeenEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
}

/** What a subscriber writes down before it says that it has an event: one line for each delivery. */
export const noteSeen = (file: string, { id, type, subject }: SeenEvent): void =>
  appendFileSync(file, `${JSON.stringify({ id, type, subject })}\n`);

/** What it was given, in order; a line that its death cut off is left out, for it had not said that it has the event. */
export function readSeen(file: string): SeenEvent[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as SeenEvent);
}
