/** The one table of exit codes: how a run of `bulkwatch` can end. */
export const exitCodes = {
  ok: { code: 0, meaning: 'It is done. Of `watch`: every job completed.' },
  failed: {
    code: 1,
    meaning:
      'It could not be done, or ended otherwise than one would wish. Of `watch`: some job failed, was cancelled or was abandoned.',
  },
  usage: { code: 2, meaning: 'It cannot be called like this, or settings cannot be used.' },
  refused: {
    code: 3,
    meaning: 'The api refused it or, of many, some; trying again changes nothing.',
  },
  unreachable: {
    code: 4,
    meaning:
      'The api or Redis could not be reached, or not be used for the moment: it was asked as often as makes sense. Trying again later may help.',
  },
  warned: {
    code: 5,
    meaning: 'Of `doctor`: nothing failed, but something should be looked at.',
  },
  'pipe-closed': {
    code: 141,
    meaning:
      'Whoever read the output went away, as `head` does; what there was left to write is unknown.',
  },
} as const satisfies Record<string, { readonly code: number; readonly meaning: string }>;

export type ExitName = keyof typeof exitCodes;
