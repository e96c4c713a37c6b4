import type { HouseFile } from './house-files.js';

export interface Import {
  readonly specifier: string;
  /** Erased by the compiler: nothing is loaded. */
  readonly typeOnly: boolean;
}

const quoted = String.raw`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|` + '`(?:[^`\\\\]|\\\\.)*`';
const stringOrComment = new RegExp(String.raw`(${quoted})|\/\/.*|\/\*[^]*?\*\/`, 'g');

/**
 * The file without its comments, line numbers kept. Not a parser: a regular expression literal with quotes
 * or slashes in it can hide the rest of its own line, and no more.
 */
export function withoutComments(file: HouseFile): HouseFile {
  const text = file.text.replace(stringOrComment, (match, string?: string) =>
    string === undefined ? match.replace(/[^\n]/g, '') : match,
  );
  return { path: file.path, text };
}

/** The distinct identifiers and property names in the code, outside of comments and strings. */
export function identifiersIn(file: HouseFile): Set<string> {
  const code = file.text.replace(stringOrComment, ' ');
  return new Set(code.match(/[A-Za-z_$][\w$]*/g));
}

/** Everything that the code imports or re-exports, static or dynamic. */
export function importsOf(file: HouseFile): Import[] {
  const { text } = withoutComments(file);
  const statements = text.matchAll(
    /^\s*(?:import|export)\b(\s+type\b)?(?:[^;'"]*?\bfrom)?\s*['"]([^'"]+)['"]/gm,
  );
  const calls = text.matchAll(/\b(?:import|require)\(\s*['"]([^'"]+)['"]/g);
  return [
    ...[...statements].map((match) => ({
      specifier: match[2] ?? '',
      typeOnly: match[1] !== undefined,
    })),
    ...[...calls].map((match) => ({ specifier: match[1] ?? '', typeOnly: false })),
  ];
}
