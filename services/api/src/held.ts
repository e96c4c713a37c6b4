import type { Response } from 'express';

/** Notes that a request is held because its caller asked for that: how long says nothing of how fast the API is. */
export function setHeld(response: Response): void {
  response.locals['held'] = true;
}

/** Whether a request was held. */
export const isHeld = (response: Response): boolean => response.locals['held'] === true;
