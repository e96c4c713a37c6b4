/**
 * A URL fit for logs and lists: its user-info dropped, and its query, which may be a capability, shown as `?…`.
 * Never throws; a text that is no URL is shown up to its first `?` or `#`.
 */
export function maskUrl(url: string): string {
  if (!URL.canParse(url)) return maskText(url);
  const { protocol, host, pathname, search } = new URL(url);
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`;
}

function maskText(text: string): string {
  const [beforeFragment = ''] = text.split('#', 1);
  const [path = ''] = beforeFragment.split('?', 1);
  const masked = path.replace(/^([^/]*\/\/)?[^/]*@/, '$1');
  return path === beforeFragment ? masked : `${masked}?…`;
}
