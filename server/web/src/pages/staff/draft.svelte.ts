import { keep } from "../../shared/kept";
import { Choice } from "./areas.svelte";
import { nobody, type Person } from "./PersonForm.svelte";

/** AreasDraft is what an account is to have, as far as it was chosen and typed. */
export class AreasDraft {
  readonly choice: Choice;
  /** An RW or RT being typed: the village's code, "" the first; the numbers. */
  village = $state("");
  rw = $state("");
  rt = $state("");
  /** The areas that the account has. */
  #had = $state.raw<readonly string[]>([]);

  constructor(had: readonly string[]) {
    this.#had = had;
    this.choice = new Choice(had);
  }

  /** Whether something was chosen or typed that is not the account's. */
  get unsaved(): boolean {
    return !this.choice.same(this.#had) || this.rw + this.rt !== "";
  }

  /** Goes back to what the account has. */
  drop(): void {
    this.choice.paths = [...this.#had].sort();
    this.village = this.rw = this.rt = "";
  }

  /** What was chosen is what the account has now. */
  saved(): void {
    this.#had = this.choice.paths;
    this.drop();
  }
}

/** By account. */
const areas = new Map<number, AreasDraft>();

/** What was chosen for an account, also where its page was left; where nothing was, what it has. */
export function areasDraftOf(account: number, had: readonly string[]): AreasDraft {
  const known = areas.get(account);
  if (known?.unsaved) return known;
  const draft = new AreasDraft(had);
  areas.set(account, draft);
  return draft;
}

/** People who are to have accounts, as far as they were typed. */
class NewPeople {
  list = $state<Person[]>([]);

  /** Whether something was typed of one of them. */
  get unsaved(): boolean {
    return this.list.some((person) => JSON.stringify(person) !== JSON.stringify(nobody(person.role)));
  }
}

/** The people of this page: kept until their accounts are made or they are taken out. */
export const people = new NewPeople();

keep({
  unsaved: () => people.unsaved || [...areas.values()].some((draft) => draft.unsaved),
  clear: () => {
    people.list = [];
    areas.clear();
  },
});
