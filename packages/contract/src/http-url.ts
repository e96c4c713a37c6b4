import { z } from 'zod';

/**
 * A URL that we are to ask: absolute, http(s), without user-info and fragment (RFC 3986), of so many characters at most.
 * What the caller sees must be what is asked: no control characters or spaces that URL parsers drop.
 */
export const httpUrlSchema = (charactersMax: number) =>
  z
    .string()
    .min(1)
    .max(charactersMax)
    .superRefine((value, context) => {
      const url = URL.canParse(value) ? new URL(value) : undefined;
      const refuse = (message: string): void => context.addIssue({ code: 'custom', message });
      if (!url) return refuse('must be an absolute URL');
      if (url.protocol !== 'https:' && url.protocol !== 'http:')
        return refuse('must be an http(s) URL');
      if (url.username !== '' || url.password !== '') return refuse('must not carry user-info');
      if (value.includes('#')) return refuse('must not carry a fragment');
      if (/[^\x21-\x7e]/.test(value)) return refuse('must be printable ASCII without spaces');
    });
