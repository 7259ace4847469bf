import { mayLeave } from "../../shared/kept";

/**
 * The place in the address behind "#": the page's name and ids or area codes,
 * nothing of a person. Who would lose by another place what was typed is asked.
 */
class Place {
  #hash = $state(location.hash);

  constructor() {
    addEventListener("hashchange", () => void this.#follow());
  }

  get parts(): string[] {
    return decodeURI(this.#hash.replace(/^#\/?/, "")).split("/").filter(Boolean);
  }

  async #follow(): Promise<void> {
    const to = location.hash;
    if (to === this.#hash) return;
    const goes = await mayLeave();
    if (location.hash !== to) return; // it went on meanwhile, and is asked there
    if (goes) this.#hash = to;
    else history.replaceState(null, "", this.#hash || "#/");
  }

  go(path: string): void {
    location.hash = path;
  }
}

export const place = new Place();
