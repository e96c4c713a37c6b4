const codes = { green: 32, yellow: 33, red: 31, cyan: 36, dim: 2 } as const;

export type Color = keyof typeof codes;

export type Paint = (color: Color, text: string) => string;

/** Colours for a terminal (ECMA-48, Select Graphic Rendition). */
export const paintForTerminal: Paint = (color, text) => `\u001b[${codes[color]}m${text}\u001b[0m`;

export const paintNothing: Paint = (_color, text) => text;
