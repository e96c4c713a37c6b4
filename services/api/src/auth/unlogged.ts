import type { Response } from 'express';

/** Notes that the refusal of a request was one of many and left out of the log, and its other lines with it. */
export function setUnlogged(response: Response): void {
  response.locals['unlogged'] = true;
}

/** Whether a request is to leave no line in the log. */
export const isUnlogged = (response: Response): boolean => response.locals['unlogged'] === true;
