/** Why a file is not there. All but the last three come from the server or the way to it. */
export type DownloadReason =
  /** The connection could not be made, or broke, and did so until the time was up. */
  | 'connection-failed'
  /** Nothing came for too long, until the time was up. */
  | 'timed-out'
  /** 408, 425, 429 or 5xx, until the time was up. */
  | 'provider-busy'
  /** 404, 410, or the no of a store of signed URLs: the link is not valid any more, if it ever was. Fresh ones come by `refreshJob`. */
  | 'link-expired'
  /** 401 or 403 to a request with a token, also to a renewed one. */
  | 'token-refused'
  /** 401 or 403 to a request without one: none was given, or it is not for the origin of the file. */
  | 'token-missing'
  /** Any other status. */
  | 'request-refused'
  /** What came is no file: a page of HTML, or a part that was not asked for. */
  | 'response-unreadable'
  /** The URL, or where it leads, is none of https (or http, where that is allowed), or there are too many redirects. */
  | 'url-not-allowed'
  /** The file has not as many lines as the manifest says. */
  | 'count-mismatch'
  /** The disk refused. */
  | 'folder-unusable';

/** Why one file is not there, as a value. It holds no token and no query of a URL, so it may be logged as it is. */
export interface DownloadFault {
  readonly reason: DownloadReason;
  /** What it says in plain words. It names the file. */
  readonly message: string;
  /** HTTP status; null where no answer came. */
  readonly status: number | null;
}

/** A download that did not succeed as a whole. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  readonly reason: DownloadReason | 'folder-of-another-export';

  constructor(reason: DownloadError['reason'], message: string) {
    super(`${message} (${reason})`);
    this.reason = reason;
  }
}
