/** Which URLs may be asked at all; checked at registration and again before every request. */
export interface ProviderPolicy {
  /** Undefined when the URL is allowed, else why not: a phrase without any part of the URL. */
  refuse(url: URL): string | undefined;
}

/**
 * Allows exactly the listed origins (scheme, host and port), over https, without user-info.
 * With `allowHttp` a listed http origin is allowed too.
 *
 * @throws TypeError when an origin is no URL; the settings have been checked before.
 */
export function createProviderPolicy(options: {
  origins: readonly string[];
  allowHttp: boolean;
}): ProviderPolicy {
  const allowed = new Set(options.origins.map((origin) => new URL(origin).origin));
  const schemes = options.allowHttp ? ['https:', 'http:'] : ['https:'];
  return {
    refuse(url) {
      if (!schemes.includes(url.protocol)) return 'the scheme is not allowed';
      if (url.username !== '' || url.password !== '') return 'user-info is not allowed';
      if (!allowed.has(url.origin)) return 'the origin is not on the list';
      return undefined;
    },
  };
}
