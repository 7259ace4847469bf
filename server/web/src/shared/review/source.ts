import type { Schema } from "../api/client";
import type { Listed, Paged } from "../api/pages";
import type { PersonName } from "../family/names";

/** A family in the queue, with the state that a verdict on it names. */
export type Item = Schema["ReviewItem"];

/** A verdict to be passed. */
export interface Judgement {
  outcome: "VERDICT_OUTCOME_APPROVED" | "VERDICT_OUTCOME_RETURNED";
  note: string;
  fields: Schema["ReviewField"][];
  /** Local date, "2026-12-03"; "" the server's default. */
  due: string;
}

/**
 * Where a desk gets families from and passes verdicts to: the server's REST, or
 * the device's own store when there is no signal.
 */
export interface ReviewSource {
  /** Families from the front of the queue, until so many of them may be judged. */
  list(enough: number, signal: AbortSignal): Promise<Listed<Item>>;
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
 * Reads pages of a queue until so many of its families may be judged: who also collects has
 * work of their own in it, which would fill a page for good, since nobody else takes it out.
 */
export async function readQueue(enough: number, read: (pageToken: string) => Promise<QueuePage>): Promise<Listed<Item>> {
  const list: Item[] = [];
  let next = "";
  do {
    const page = await read(next);
    list.push(...(page.items ?? []));
    next = page.nextPageToken ?? "";
  } while (next && list.filter((i) => i.mayJudge).length < enough);
  return { list, more: next !== "" };
}
