import { address } from "../frame/address.svelte";
import type { Choice, Query } from "./subject";

/** Names in the address, as users read them there. */
const names = { basis: "dasar", membership: "keluarga", year: "tahun" } as const;

/** Values in the address; another one, or none, is the first choice of all. */
const verified = "terverifikasi";
const besar = "besar";

/** The programme's first year; figures are told of years from it to the next one, as a device's clock may be ahead. */
const firstYear = 2016;

/**
 * What is counted on the pages about an area. It stands in the address, so that
 * the views of an area, the areas below, Back, a reload and a shared link keep it.
 */
class Chosen {
  #query = $derived(new URLSearchParams(address.query));

  get basis(): Choice["basis"] {
    return this.#query.get(names.basis) === verified ? "BASIS_VERIFIED" : "BASIS_PROVISIONAL";
  }

  set basis(basis: Choice["basis"]) {
    this.#put(names.basis, basis === "BASIS_VERIFIED" ? verified : "");
  }

  get membership(): Choice["membership"] {
    return this.#query.get(names.membership) === besar ? "MEMBERSHIP_BESAR" : "MEMBERSHIP_INTI";
  }

  set membership(membership: Choice["membership"]) {
    this.#put(names.membership, membership === "MEMBERSHIP_BESAR" ? besar : "");
  }

  /** Survey year; 0: any, also for one that the server refuses. */
  get year(): number {
    const typed = this.#query.get(names.year) ?? "";
    const year = /^20\d\d$/.test(typed) ? Number(typed) : 0;
    return year >= firstYear && year <= new Date().getFullYear() + 1 ? year : 0;
  }

  set year(year: number) {
    this.#put(names.year, year ? String(year) : "");
  }

  /** Basis and membership, for pages that have no figures by year. */
  get choice(): Choice {
    return { membership: this.membership, basis: this.basis };
  }

  /** All of it, as the server is asked. */
  get query(): Query {
    return { ...this.choice, ...(this.year ? { surveyYear: this.year } : {}) };
  }

  #put(name: string, value: string): void {
    const query = new URLSearchParams(this.#query);
    if (value) query.set(name, value);
    else query.delete(name);
    address.choose(query.toString());
  }
}

export const chosen = new Chosen();
