import { byName } from "../format";
import type { Item } from "./source";

/** Days after which a family has waited long, and very long. */
export const ages = [3, 7] as const;

/** QueueFilter narrows a queue by who submitted, where, and how long it has waited. */
export class QueueFilter {
  surveyor = $state("");
  area = $state("");
  /** "": any; "overdue": past the day by which it was to come back; else days waited. */
  age = $state("");

  /** The items that pass. */
  keep(items: Item[], nowMS: number): Item[] {
    return items.filter(
      (i) => (!this.surveyor || i.submittedByName === this.surveyor) && (!this.area || i.family?.area === this.area) && this.#oldEnough(i, nowMS),
    );
  }

  #oldEnough(item: Item, nowMS: number): boolean {
    if (this.age === "") return true;
    if (this.age === "overdue") return Boolean(item.overdue);
    const since = Number(item.review?.waitingSinceMs ?? item.review?.judgedAtMs ?? 0);
    return since > 0 && nowMS - since > Number(this.age) * 24 * 60 * 60 * 1000;
  }
}

/** The different values of a list, sorted; empty ones left out. */
export function distinct(values: (string | undefined)[]): string[] {
  return [...new Set(values.filter((v): v is string => Boolean(v)))].sort(byName);
}
