import { hash } from "../../shared/hash.svelte";

/**
 * The address behind "#", which is never sent to a server: a path, and what was
 * chosen on the page behind "?". All who go by it read it here, so that none of
 * them is behind another.
 */
class Address {
  #parts = $derived(hash.shown.replace(/^#/, "").split("?"));
  #path = $derived.by(() => {
    const typed = this.#parts[0] ?? "";
    try {
      return decodeURI(typed) || "/";
    } catch {
      return typed; // no address of ours
    }
  });
  #query = $derived(this.#parts.slice(1).join("?"));

  /** "/" where there is none. */
  get path(): string {
    return this.#path;
  }

  /** What was chosen, as it stands behind "?"; "" nothing. */
  get query(): string {
    return this.#query;
  }

  /** Puts what was chosen in place of what was, so that a link and a reload keep it and Back leads to the page before. */
  choose(query: string): void {
    hash.replace(`#${this.#parts[0] ?? ""}${query ? `?${query}` : ""}`);
  }
}

export const address = new Address();
