/**
 * The path in the address behind "#", which is never sent to a server. All who
 * go by it read it here, so that none of them is behind another.
 */
class Address {
  #hash = $state(location.hash);

  constructor() {
    addEventListener("hashchange", () => (this.#hash = location.hash));
  }

  /** "/" where there is none. */
  get path(): string {
    const typed = this.#hash.replace(/^#/, "");
    try {
      return decodeURI(typed) || "/";
    } catch {
      return typed; // no address of ours
    }
  }
}

export const address = new Address();
