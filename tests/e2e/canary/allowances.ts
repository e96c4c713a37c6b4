import type { Allowance } from './canaries.js';

/** What may be found where: everything else that is found is a leak. */
export const allowances: readonly Allowance[] = [
  {
    canary: 'misplacedName',
    place: /^(POST|PATCH|GET) \S+ (4\d\d|200 batch)$/,
    why: 'Who sends a member or parameter that is not known is told its name, and nobody else is.',
  },
  {
    canary: 'page signature',
    place: /^(redis key \S+:(pages|manifest):|redis SLOWLOG|redis file )/,
    why: 'It stands in a page of a manifest, which is kept byte for byte until there is the whole.',
  },
  {
    canary: 'file signature',
    place:
      /^(redis key \S+:(manifest:|events)|redis SLOWLOG|redis file |published |GET \S+\/manifest)/,
    why: 'The manifest goes to the subscriber byte for byte: its URLs are what the export was for.',
  },
];
