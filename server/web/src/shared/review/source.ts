import type { Schema } from "../api/client";
import type { Listed, Paged } from "../api/pages";
import type { PersonName } from "../family/names";

/** A family in the queue, with the state that a verdict on it names. */
export type Item = Schema["ReviewItem"];

/** Id of an item's family. */
export function idOf(item: Item): string {
  return item.family?.familyId ?? "";
}

/** A verdict to be passed. */
export interface Judgement {
  outcome: "VERDICT_OUTCOME_APPROVED" | "VERDICT_OUTCOME_RETURNED";
  note: string;
  fields: Schema["ReviewField"][];
  /** Local date, "2026-12-03"; "" the server's default. */
  due: string;
}

/** How far a queue is read from its front: until so many of its families may be judged, at most so many pages. */
export interface Reach {
  judgeable: number;
  pages: number;
}

/**
 * Where a desk gets families from and passes verdicts to: the server's REST, or
 * the device's own store when there is no signal.
 */
export interface ReviewSource {
  /** Families from the front of the queue. */
  list(reach: Reach, signal: AbortSignal): Promise<Listed<Item>>;
  family(id: string, signal: AbortSignal): Promise<Schema["GetFamilyResponse"]>;
  differences(id: string, signal: AbortSignal): Promise<Schema["GetReviewDifferencesResponse"]>;
  /** How authors are called; absent: by user names, as on a device. */
  person?: PersonName;
  /** The name of a village; its code where it is not known. */
  villageName(code: string, signal: AbortSignal): Promise<string>;
  /** Throws a Problem where the verdict does not apply. Sent again under the same id it has no second effect. */
  judge(item: Item, verdictId: string, judgement: Judgement): Promise<void>;
  /** Approves each for itself; gives the ids that were. */
  approve(items: Item[]): Promise<Set<string>>;
}

/** What a queue answers. */
interface QueuePage extends Paged {
  items?: Item[];
}

/**
 * Reads pages of a queue as far as it is to reach: who also collects has work of their own in
 * it, which would fill a page for good, since nobody else takes it out. A family that moves
 * back in the queue meanwhile comes twice; it is as it came last.
 */
export async function readQueue(reach: Reach, read: (pageToken: string) => Promise<QueuePage>): Promise<Listed<Item>> {
  const byId = new Map<string, Item>();
  let next = "";
  for (let n = 0; n < reach.pages; n++) {
    const page = await read(next);
    for (const item of page.items ?? []) byId.set(idOf(item), item);
    next = page.nextPageToken ?? "";
    if (!next || judgeable(byId.values()) >= reach.judgeable) break;
  }
  return { list: [...byId.values()], more: next !== "" };
}

/** How many of the families the caller may judge. */
export function judgeable(items: Iterable<Item>): number {
  return [...items].filter((i) => i.mayJudge).length;
}
