/** Pieces of SVG. */

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (character) => escapes[character] ?? character);

interface TextOptions {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly colour: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: boolean;
}

export function textAt(text: string, options: TextOptions): string {
  const anchor = options.anchor === undefined ? '' : ` text-anchor="${options.anchor}"`;
  const weight = options.bold ? ' font-weight="500"' : '';
  const { x, y, size, colour } = options;
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}"${anchor}${weight}>${escaped(text)}</text>`;
}

interface RectOptions {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill: string;
  readonly stroke?: string;
  readonly radius?: number;
}

export const rect = ({ x, y, width, height, fill, stroke, radius = 0 }: RectOptions): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}"` +
  `${stroke === undefined ? '' : ` stroke="${stroke}"`}/>`;

export const movedBy = (x: number, y: number, content: string): string =>
  `<g transform="translate(${x} ${y})">${content}</g>`;

/** About as wide as a text is, without asking a font. */
export const widthOf = (text: string, size: number): number => text.length * size * 0.56;

/** The text, shortened to what has room. */
export function fitted(text: string, size: number, width: number): string {
  const room = Math.floor(width / (size * 0.56));
  return text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}…`;
}
