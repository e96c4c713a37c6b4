const hidden = '[secret]';

/** Names whose value is a secret, wherever they stand before `=` or `:`. */
const secretNames = [
  '(?:proxy-)?authorization',
  '(?:access|refresh|bearer|id)[_-]?token',
  'token',
  'client[_-]?(?:secret|assertion)',
  'password',
  '(?:x-)?api[_-]?key',
].join('|');

/** A blank, which in a JSON line may be escaped. */
const blank = String.raw`(?:\s|\\[nrt])`;

/** A text as JSON writes it. */
const text = String.raw`"(?:[^"\\]|\\.)*"`;

const patterns: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // Authorization schemes with their credentials (RFC 6750, RFC 7617), quoted or not.
  [
    new RegExp(String.raw`\b(Bearer|Basic)(${blank}+)(\\?["'])?[\w.~+/=-]+`, 'gi'),
    `$1$2$3${hidden}`,
  ],
  // A signed token by itself (RFC 7519): base64url of a JSON object, a dot, and more.
  [/\beyJ[\w-]{5,}\.[\w.-]+/g, hidden],
  // An API key of ours by itself; which one it was may be seen.
  [/\b(bwk_[0-9a-f]{16}_)[\w-]+/g, `$1${hidden}`],
  // A secret that webhooks are signed with, by itself.
  [/\b(whsec_)[\w+/=-]+/g, `$1${hidden}`],
  // A member of a JSON object, a text or a list of texts; also of an object that is quoted inside a string.
  [
    new RegExp(String.raw`("(?:${secretNames})":)(?:${text}|\[(?:${text},?)*\])`, 'gi'),
    `$1"${hidden}"`,
  ],
  [new RegExp(String.raw`(\\"(?:${secretNames})\\":${blank}*\\")[^"\\]*`, 'gi'), `$1${hidden}`],
  // `name=value` and `name: value` in prose and in form bodies.
  [
    new RegExp(
      String.raw`\b(${secretNames})(${blank}*[=:]${blank}*)(?!Bearer|Basic)[^\s"'\\,;&}]+`,
      'gi',
    ),
    `$1$2${hidden}`,
  ],
  // User-info of a URL (RFC 3986 section 3.2.1), up to the last @ before the path.
  [/:\/\/[^\s"\\/?#]*@/g, '://'],
];

/**
 * Takes what looks like a secret out of a finished JSON line and leaves it valid JSON: authorization values,
 * tokens, values of telling names, user-info and queries of URLs. Its time is linear in the length of the line.
 */
export function scrub(line: string): string {
  const masked = line.includes('?') ? line.replace(/(?:[^\s"\\]|\\\\)+/g, maskQuery) : line;
  return patterns.reduce((left, [pattern, by]) => left.replace(pattern, by), masked);
}

/** Cuts the query off a URL or path: it may be a capability, or name a patient. */
function maskQuery(word: string): string {
  const queryAt = word.indexOf('?');
  const hasQuery = queryAt !== -1 && queryAt < word.length - 1 && word.includes('/');
  return hasQuery && word.indexOf('/') < queryAt ? `${word.slice(0, queryAt)}?…` : word;
}
