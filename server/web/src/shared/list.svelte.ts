import { readPages, type Listed, type Paged } from "./api/pages";
import { useLive, type Live } from "./live.svelte";

/** A list that a component reads page by page. */
export interface List<T> {
  readonly now: Live<Listed<T>>;
  /** Reads one page more than is shown; what is shown stays until it came, and where it fails. */
  more: () => void;
}

/**
 * A List for a component, as `useLive` makes a Live: when what it depends on
 * changes, it begins with the first page again.
 */
export function useList<D, P extends Paged, T>(
  depend: () => D,
  read: (on: D, pageToken: string, signal: AbortSignal) => Promise<P>,
  linesOf: (page: P) => T[] | undefined,
  refresh = false,
): List<T> {
  let known: D | undefined;
  let wanted = 1;
  let shown = 0;
  const live = useLive(
    depend,
    async (on, signal) => {
      if (on !== known) {
        known = on;
        wanted = 1;
      }
      const pages = wanted;
      const listed = await readPages(pages, (pageToken) => read(on, pageToken, signal), linesOf);
      if (!signal.aborted) shown = pages;
      return listed;
    },
    refresh,
  );
  return {
    get now() {
      return live.now;
    },
    more() {
      wanted = shown + 1;
      void live.now.again();
    },
  };
}
