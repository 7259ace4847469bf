import { withdraw } from "./components/ask";
import { mayLeave } from "./kept";

/**
 * The address behind "#" as far as it is shown. Who would lose what was typed by
 * another one is asked, whether a link, a deed of the page, or Back and Forward
 * lead there; who stays is where they were, also in the browser's history.
 */
class Hash {
  #shown = $state(location.hash);
  /** Where in the browser's history the browser is, and where what is shown. */
  #at = placeOr(0);
  #shownAt = this.#at;

  constructor() {
    addEventListener("hashchange", () => void this.#follow());
  }

  get shown(): string {
    return this.#shown;
  }

  go(path: string): void {
    location.hash = path;
  }

  /** Puts another one in place of what is shown, of the same page. */
  replace(hash: string): void {
    history.replaceState(history.state, "", hash);
    this.#shown = location.hash;
  }

  async #follow(): Promise<void> {
    const to = location.hash;
    this.#at = placeOr(this.#at + 1);
    if (to !== this.#shown) {
      const goes = await mayLeave();
      if (location.hash !== to) return; // it went on meanwhile, and is asked there
      if (!goes) {
        history.go(this.#shownAt - this.#at);
        return;
      }
      withdraw(); // what the page that is left has asked
    }
    this.#shown = to;
    this.#shownAt = this.#at;
  }
}

/** The place of where the browser is, which an address that is new there gets. */
function placeOr(fresh: number): number {
  const known: unknown = history.state;
  if (typeof known === "number") return known;
  history.replaceState(fresh, "");
  return fresh;
}

export const hash = new Hash();
