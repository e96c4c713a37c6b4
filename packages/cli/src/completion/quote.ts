/** A text as one word of bash and zsh, whatever is in it. */
export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The same for fish, where a backslash stands for something between quotes too. */
export const quoteForFish = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;
