import { SvelteMap } from "svelte/reactivity";
import { asProblem } from "../api/problem";
import { dropDraft } from "./draft.svelte";
import { idOf, type Item, type Judgement, type ReviewSource } from "./source";

/** What became of a verdict that was passed here. */
export interface Deed {
  state: "sending" | "approved" | "returned" | "failed";
  /** Why it failed. */
  message: string;
  /** Digest of the state that was judged. */
  digest: string;
}

/**
 * ReviewQueue is the families on a desk, the one being looked at, and what was
 * decided. A verdict moves on to the next family at once; its answer is waited
 * for behind, and a refused one stays, with the reason.
 */
export class ReviewQueue {
  current = $state("");
  readonly deeds = new SvelteMap<string, Deed>();

  /** Ids that the filter lets through; undefined: all. What was judged here stays. */
  #wanted = $state.raw<Set<string> | undefined>(undefined);
  #all = $state.raw<Item[]>([]);

  readonly #source: ReviewSource;

  constructor(source: ReviewSource) {
    this.#source = source;
  }

  /** The families on the desk: those that the filter lets through, and what was judged here. */
  get items(): Item[] {
    const wanted = this.#wanted;
    return wanted ? this.#all.filter((i) => wanted.has(idOf(i)) || this.deeds.has(idOf(i))) : this.#all;
  }

  /** Leaves on the desk what a filter lets through. */
  narrow(kept: Item[]): void {
    this.#wanted = new Set(kept.map(idOf));
    if (!this.item) this.current = this.items[0] ? idOf(this.items[0]) : "";
  }

  /** Takes what the server has now. What was judged here stays in its place; a family that changed since can be judged again. */
  take(fresh: Item[]): void {
    const byId = new Map(fresh.map((i) => [idOf(i), i]));
    const kept = this.#all.filter((i) => byId.has(idOf(i)) || this.deeds.has(idOf(i)) || idOf(i) === this.current);
    const known = new Set(kept.map(idOf));
    this.#all = [...kept.map((i) => byId.get(idOf(i)) ?? i), ...fresh.filter((i) => !known.has(idOf(i)))];
    for (const item of fresh) {
      const deed = this.deeds.get(idOf(item));
      if (deed && deed.state !== "sending" && deed.digest !== item.digest) this.deeds.delete(idOf(item));
    }
    if (!this.item) this.current = this.items[0] ? idOf(this.items[0]) : "";
  }

  get item(): Item | undefined {
    return this.items.find((i) => idOf(i) === this.current);
  }

  get done(): number {
    return [...this.deeds.values()].filter((d) => d.state === "approved" || d.state === "returned").length;
  }

  /** Families that can be approved at one go: no finding, no conflict, not judged, not the caller's own work. */
  get clean(): Item[] {
    return this.items.filter((i) => this.open(i) && !i.findings?.length && !i.family?.conflicts);
  }

  /** Whether the caller may judge a family and has not yet. */
  open(item: Item): boolean {
    const deed = this.deeds.get(idOf(item));
    return Boolean(item.mayJudge) && (!deed || deed.state === "failed");
  }

  /** Moves by so many places. */
  move(by: number): void {
    const at = this.items.findIndex((i) => idOf(i) === this.current);
    const next = this.items[Math.min(this.items.length - 1, Math.max(0, at + by))];
    if (next) this.current = idOf(next);
  }

  /** Judges a family and moves on. */
  async judge(item: Item, judgement: Judgement): Promise<void> {
    if (!this.open(item)) return;
    this.#note(item, "sending");
    if (idOf(item) === this.current) this.#moveOn();
    try {
      await this.#source.judge(item, crypto.randomUUID(), judgement);
      this.#note(item, judgement.outcome === "VERDICT_OUTCOME_APPROVED" ? "approved" : "returned");
      dropDraft(idOf(item));
    } catch (thrown) {
      this.#note(item, "failed", asProblem(thrown).message);
    }
  }

  /** Approves every clean family; gives how many were and how many were not. */
  async approveClean(): Promise<{ approved: number; refused: number }> {
    const items = this.clean;
    for (const item of items) this.#note(item, "sending");
    this.#moveOn();
    try {
      const approved = await this.#source.approve(items);
      for (const item of items) {
        if (approved.has(idOf(item))) this.#note(item, "approved");
        else this.deeds.delete(idOf(item));
      }
      return { approved: approved.size, refused: items.length - approved.size };
    } catch (thrown) {
      for (const item of items) this.deeds.delete(idOf(item));
      throw thrown;
    }
  }

  #note(item: Item, state: Deed["state"], message = ""): void {
    this.deeds.set(idOf(item), { state, message, digest: item.digest ?? "" });
  }

  /** To the next family that is open, the first one after the last. */
  #moveOn(): void {
    const at = this.items.findIndex((i) => idOf(i) === this.current);
    const order = [...this.items.slice(at + 1), ...this.items.slice(0, at + 1)];
    const next = order.find((i) => this.open(i));
    if (next) this.current = idOf(next);
  }
}
