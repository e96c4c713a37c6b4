import { checkSecret } from '../connection.js';
import { DownloadError } from './download-fault.js';

/** Gives the token for an origin. What it rejects with is what the download rejects with. */
export type DownloadTokenProvider = (
  origin: string,
  asked: {
    /** True where the token before was refused. */
    readonly renew: boolean;
    readonly signal: AbortSignal;
  },
) => string | Promise<string>;

/** Which requests go with a token, and with which. */
export interface TokenBook {
  /** Whether a token of the caller's may go to this URL. */
  isFor(url: URL): boolean;
  /** Asked anew where the one before was refused; undefined where it cannot be. */
  readonly renewable: boolean;
  tokenFor(origin: string, asked: { renew: boolean; signal: AbortSignal }): Promise<string>;
}

export interface TokenRules {
  readonly token: string | DownloadTokenProvider | undefined;
  /** Whether the manifest says that files want one. */
  readonly wanted: boolean;
  /** Where it may go. */
  readonly origins: readonly string[];
}

/** Query parameters by which a URL is signed. Whoever made such a URL wants no other credentials, and refuses two of them. */
const signatures = /^(x-amz-signature|x-goog-signature|signature|sig)$/i;

export function createTokenBook({ token, wanted, origins }: TokenRules): TokenBook {
  const bound = new Set(origins);
  return {
    isFor: (url) => wanted && token !== undefined && bound.has(url.origin) && !isSigned(url),
    renewable: typeof token === 'function',
    async tokenFor(origin, asked) {
      if (token === undefined) throw new DownloadError('token-missing', 'There is no token.');
      const text = typeof token === 'string' ? token : await token(origin, asked);
      checkSecret(text);
      return text;
    },
  };
}

/** Whether a URL is itself what lets in. */
export const isSigned = ({ searchParams }: URL): boolean =>
  [...searchParams.keys()].some((name) => signatures.test(name));
