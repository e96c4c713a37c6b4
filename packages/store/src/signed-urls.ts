import { setImmediate as letOthersRun } from 'node:timers/promises';
import { maskUrl } from '@bulkwatch/runtime';

/** UTF-16 units that are looked through in one go, within a few ms. */
const stepLength = 256 * 1024;

/** What a query or user-info is told by, as it is and escaped. */
const marks = /[?@]|\\u00[34]/i;

interface SignedUrl {
  /** Where its text begins and ends in the JSON, quotation marks included. */
  readonly start: number;
  readonly end: number;
  readonly url: string;
}

/** Whether any URL in the JSON text of a manifest may be signed: has a query or user-info. */
export async function holdsSignedUrls(json: string): Promise<boolean> {
  const { done } = await signedUrlsIn(json).next();
  return done !== true;
}

/** The JSON text of a manifest, of URLs that may be signed only what `maskUrl` shows; the rest byte for byte. */
export async function maskSignedUrls(json: string): Promise<string> {
  const parts: string[] = [];
  let from = 0;
  for await (const { start, end, url } of signedUrlsIn(json)) {
    parts.push(json.slice(from, start), JSON.stringify(maskUrl(url)));
    from = end;
  }
  return parts.join('') + json.slice(from);
}

/**
 * All texts of the JSON are looked at, names of members too, but for `request`: that is the URL of the kick-off
 * request, whose query says what was to be exported (Bulk Data Access IG, "Response - Output Manifest"). A
 * capability that stands in the path of a URL cannot be told from a name.
 */
async function* signedUrlsIn(json: string): AsyncGenerator<SignedUrl, void> {
  let breatheAt = stepLength;
  let afterRequest = false;
  let end = 0;
  for (let start = json.indexOf('"'); start >= 0; start = json.indexOf('"', end)) {
    const isRequest = afterRequest && json.slice(end, start).trim() === ':';
    end = endOfText(json, start);
    const text = json.slice(start, end);
    const url = isRequest ? undefined : signedUrlOf(text);
    if (url !== undefined) yield { start, end, url };
    afterRequest = text === '"request"';
    if (end < breatheAt) continue;
    breatheAt = end + stepLength;
    await letOthersRun();
  }
}

/** Behind the quotation mark that ends the text which begins at `start`. */
function endOfText(json: string, start: number): number {
  let end = start + 1;
  while (end < json.length && json[end] !== '"') end += json[end] === '\\' ? 2 : 1;
  return end + 1;
}

/** URLs of files may be relative; what is no URL by any reading opens no file. */
function signedUrlOf(text: string): string | undefined {
  if (!marks.test(text)) return undefined;
  const url = JSON.parse(text) as string;
  const base = 'https://provider.invalid';
  if (!URL.canParse(url, base)) return undefined;
  const { search, username, password } = new URL(url, base);
  return search + username + password !== '' && maskUrl(url) !== url ? url : undefined;
}
