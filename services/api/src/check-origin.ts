import type { RequestHandler } from 'express';
import { setTarget } from './auth/audit.js';
import { sendProblem } from './problem.js';

/** Whether it is an origin as it is spelt in a URL (RFC 6454), and no more. */
export const isOrigin = (text: string): boolean =>
  URL.canParse(text) && new URL(text).origin === text;

/** For the paths that name a provider: anything but an origin names none. */
export const checkOrigin: RequestHandler<{ origin: string }> = (
  { params: { origin } },
  response,
  next,
) => {
  if (!isOrigin(origin)) return sendProblem(response, 'provider-not-found');
  setTarget(response, origin);
  next();
};
