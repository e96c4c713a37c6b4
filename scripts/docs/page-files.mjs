import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Paths of the pages whose file is missing or holds something else.
 * @param {string} root
 * @param {Record<string, string>} pages text by path
 */
export function stalePages(root, pages) {
  return Object.keys(pages).filter((path) => {
    const file = join(root, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== pages[path];
  });
}

/**
 * Writes what is stale.
 * @param {string} root
 * @param {Record<string, string>} pages text by path
 * @returns {string[]} the paths written
 */
export function writePages(root, pages) {
  const stale = stalePages(root, pages);
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), pages[path]);
  }
  return stale;
}
