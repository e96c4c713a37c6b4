import type { Planted } from './planted.js';

/** Bodies that no route takes, made from one that would be taken: each has a secret where it does not belong. */
export function misplacedIn(
  { misplaced, misplacedName, userInfo, submittedToken, urlToken }: Planted,
  good: { readonly statusUrl: string; readonly credential: string },
): unknown[] {
  const withUserInfo = good.statusUrl.replace('://', `://${userInfo}:${userInfo}@`);
  return [
    { ...good, statusUrl: withUserInfo },
    { ...good, statusUrl: `http://127.0.0.2:1/1?sig=${urlToken}` },
    { ...good, statusUrl: `${misplaced} ${misplaced}` },
    { ...good, statusUrl: { [misplacedName]: misplaced } },
    { ...good, credential: misplaced },
    { ...good, credential: `${misplaced} with blanks` },
    { ...good, credential: undefined, bearerToken: `${submittedToken} ${misplaced}` },
    { ...good, bearerToken: submittedToken },
    { ...good, preset: misplaced, protocol: misplaced },
    { ...good, retryAfter: misplaced, kickedOffAt: misplaced, deadlineAt: misplaced },
    { ...good, labels: misplaced, reference: [misplaced] },
    { ...good, labels: { a: [misplaced] } },
    { ...good, [misplacedName]: misplaced },
    { ...good, labels: { [`${misplacedName} `]: 'x' } },
    [misplaced],
    `{"statusUrl": "${misplaced}", `,
    `"${misplaced}`,
  ];
}
