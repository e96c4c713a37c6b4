/**
 * Which kind of address a text is, without a zone and without brackets; undefined where it is none. The parser of URLs
 * judges it, since what opens sockets has no business here.
 */
export function ipVersion(text: string): 4 | 6 | undefined {
  // The parser takes shorter and hexadecimal spellings as well, and gives back another one then.
  if (/^\d+(\.\d+){3}$/.test(text))
    return URL.canParse(`http://${text}`) && new URL(`http://${text}`).hostname === text
      ? 4
      : undefined;
  return /^[0-9a-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]`) ? 6 : undefined;
}
