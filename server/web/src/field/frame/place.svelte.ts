import { hash } from "../../shared/hash.svelte";

/** The place in the address: the page's name and ids or area codes, nothing of a person. */
class Place {
  get parts(): string[] {
    return decodeURI(hash.shown.replace(/^#\/?/, "")).split("/").filter(Boolean);
  }

  go(path: string): void {
    hash.go(path);
  }
}

export const place = new Place();
