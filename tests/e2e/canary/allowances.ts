import type { Allowance } from '@bulkwatch/testkit';

/** What may be found where: everything else that is found is a leak. */
export const allowances: readonly Allowance[] = [
  {
    canary: 'misplacedName',
    place: /^(POST|PATCH|GET) \S+ (4\d\d|200 batch)$/,
    why: 'Who sends a member or parameter that is not known is told its name, and nobody else is.',
  },
  {
    canary: 'file signature',
    place: /^GET \S+\/manifest 200$/,
    why: 'Who may read the manifest gets it byte for byte: its URLs are what the export was for.',
  },
];
