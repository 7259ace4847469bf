/**
 * The place in the address behind "#": the page's name and ids or area codes,
 * nothing of a person.
 */
class Place {
  #hash = $state(location.hash);

  constructor() {
    addEventListener("hashchange", () => (this.#hash = location.hash));
  }

  get parts(): string[] {
    return decodeURI(this.#hash.replace(/^#\/?/, "")).split("/").filter(Boolean);
  }

  go(path: string): void {
    location.hash = path;
  }
}

export const place = new Place();
