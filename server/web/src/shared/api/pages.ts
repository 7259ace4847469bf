/** What the server says behind a page of a list. */
export interface Paged {
  nextPageToken?: string;
}

/** The lines of a list that were read, and whether there are more. */
export interface Listed<T> {
  list: T[];
  more: boolean;
}

/** Reads so many pages of a list, one after the other; Infinity all. */
export async function readPages<P extends Paged, T>(most: number, read: (pageToken: string) => Promise<P>, linesOf: (page: P) => T[] | undefined): Promise<Listed<T>> {
  const list: T[] = [];
  let pageToken = "";
  for (let n = 0; n < most; n++) {
    const page = await read(pageToken);
    list.push(...(linesOf(page) ?? []));
    pageToken = page.nextPageToken ?? "";
    if (!pageToken) break;
  }
  return { list, more: Boolean(pageToken) };
}
