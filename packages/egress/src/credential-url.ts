import { z } from 'zod';

/** What is wrong with a URL that can be read; undefined when nothing is. */
export type UrlFault = (url: URL, value: string) => string | undefined;

/** A URL of the credentials file: absolute, https (http only where it is allowed), and without that fault. */
export const urlOf = (fault: UrlFault, allowHttp: boolean) =>
  z.string().superRefine((value, context) => {
    const message = faultOfUrl(value, fault, allowHttp);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

function faultOfUrl(value: string, fault: UrlFault, allowHttp: boolean): string | undefined {
  if (!URL.canParse(value)) return 'must be an absolute URL';
  const url = new URL(value);
  if (url.protocol === 'http:' && !allowHttp) return 'must be https; http is for tests only';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must be an https URL';
  return fault(url, value);
}

export const tokenUrlFault: UrlFault = (url) => {
  if (url.username !== '' || url.password !== '') return 'must not carry user-info';
  return url.hash === '' ? undefined : 'must not carry a fragment';
};

/** A path is appended to it. */
export const baseUrlFault: UrlFault = (url, value) =>
  tokenUrlFault(url, value) ?? (url.search === '' ? undefined : 'must not carry a query');

export const originFault: UrlFault = (url, value) =>
  url.origin === value ? undefined : 'must be an origin: scheme, host and port, without a path';
