/** A URL fit for logs and lists: without user-info and fragment, and its query, which may be a signature, shown as `?…`. */
export function maskUrl(text: string): string {
  if (!URL.canParse(text)) return '(no URL)';
  const { protocol, host, pathname, search } = new URL(text);
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`;
}
