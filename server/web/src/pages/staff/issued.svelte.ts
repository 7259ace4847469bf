import type { Schema } from "../../shared/api/client";
import { keep } from "../../shared/kept";
import { codesOf, type Code } from "./cards";

/** An account with its one-time code, and the code as it is scanned. */
export interface Issued {
  account: Schema["IssuedAccount"];
  qr: Code | undefined;
}

/**
 * One-time codes that the server showed this once. They stay in memory, also while
 * the page is left, until whoever asked for them says that they are noted or signs out.
 */
class IssuedCodes {
  list = $state.raw<Issued[]>([]);
  /** What the last ones are for, in a sentence. */
  told = $state("");

  constructor() {
    keep({ unsaved: () => this.list.length > 0, clear: () => this.noted() });
  }

  /** Takes codes in, before those that are not noted yet; a new code of an account puts an end to its former one. */
  take(accounts: Schema["IssuedAccount"][], cardsHtml: string | undefined, told: string): void {
    const codes = codesOf(cardsHtml);
    const fresh = accounts.map((account, i) => ({ account, qr: codes[i] }));
    this.list = [...fresh, ...this.list.filter((old) => !accounts.some((a) => a.account === old.account.account))];
    this.told = told;
  }

  noted(): void {
    this.list = [];
    this.told = "";
  }
}

/** The codes of this page. */
export const issued = new IssuedCodes();
