import { readFile } from 'node:fs/promises';

/** The text of a file, or why there is none, in words for the operator. */
export type ReadText = (
  file: string,
) => Promise<{ readonly text: string } | { readonly message: string }>;

export const readTextFile: ReadText = async (file) => {
  try {
    return { text: await readFile(file, 'utf8') };
  } catch (error) {
    return { message: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})` };
  }
};
