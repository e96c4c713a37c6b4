/**
 * Breaks a text between its words into lines of a width in characters; what follows the first line begins with
 * `indent`. A word that is wider than a line has one of its own.
 */
export function wrapWords(text: string, width: number, indent = ''): string[] {
  const [leading = ''] = /^ */.exec(text) ?? [];
  const [first = '', ...words] = text.slice(leading.length).split(' ');
  const lines = [leading + first];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(indent + word);
  }
  return lines;
}
