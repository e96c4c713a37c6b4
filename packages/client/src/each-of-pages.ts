/** Goes through pages, one after the other and none before it is asked for, and gives what is on them. */
export async function* eachOfPages<Page extends { readonly nextCursor: string | null }, Item>(
  pageAt: (cursor: string | undefined) => Promise<Page>,
  itemsOn: (page: Page) => readonly Item[],
): AsyncGenerator<Item, void, void> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await pageAt(cursor);
    yield* itemsOn(page);
    cursor = page.nextCursor;
  }
}
