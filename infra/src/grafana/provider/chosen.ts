/** The provider that the reader has chosen. Origins hold no quotation marks. */
export const chosen = { provider: '$provider' } as const;
