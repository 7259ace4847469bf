import { untrack } from "svelte";
import { asProblem, Problem } from "./api/problem";

/** Bounds of how often figures are asked for again, in milliseconds. */
const fastest = 700;
const slowest = 30_000;

/** The first rest after a failure, in milliseconds; it doubles with each. */
const afterFailure = 2000;

/** What asking again does not change: not allowed, not there. */
const final = new Set([403, 404]);

/** On a slow line asking takes at most a quarter of the time. */
const restFactor = 3;

let onGone = (): void => {};

/** Sets what is done when something that is shown is not there any more (404), as where the area of an account ends. */
export function whenGone(deed: () => void): void {
  onGone = deed;
}

/**
 * Live is something read from the server, in the four forms that a page shows:
 * loading (no data yet), data, stale (data, but the last attempt failed) and
 * failed. What is refused by now is not shown on: its data are dropped. With `refresh` it is read again by itself while the page is visible.
 * Call `end` when the page goes, or make it with `useLive`.
 */
export class Live<T> {
  data = $state.raw<T | undefined>(undefined);
  problem = $state.raw<Problem | undefined>(undefined);
  /** When the data came, by this device's clock. */
  readAt = $state(0);

  readonly #read: (signal: AbortSignal) => Promise<T>;
  readonly #refresh: boolean;
  #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;
  /** Failures in a row. */
  #failures = 0;

  constructor(read: (signal: AbortSignal) => Promise<T>, refresh = false) {
    this.#read = read;
    this.#refresh = refresh;
    if (refresh) document.addEventListener("visibilitychange", this.#onVisible);
    void this.again();
  }

  get loading(): boolean {
    return this.data === undefined && this.problem === undefined;
  }

  get stale(): boolean {
    return this.data !== undefined && this.problem !== undefined;
  }

  /** Reads again now, instead of what is under way. */
  async again(): Promise<void> {
    clearTimeout(this.#timer);
    this.#abort.abort();
    if (this.#ended) return;
    const abort = new AbortController();
    this.#abort = abort;
    const begun = performance.now();
    try {
      const data = await this.#read(abort.signal);
      if (abort.signal.aborted) return;
      this.data = data;
      this.problem = undefined;
      this.#failures = 0;
      this.readAt = Date.now();
    } catch (thrown) {
      if (abort.signal.aborted) return;
      this.problem = asProblem(thrown);
      this.#failures += 1;
      if (this.problem.status === 404 && this.data !== undefined) onGone();
      if (final.has(this.problem.status)) this.data = undefined;
    }
    this.#plan(performance.now() - begun);
  }

  /** Stops reading. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#abort.abort();
    document.removeEventListener("visibilitychange", this.#onVisible);
  }

  #plan(took: number): void {
    if (!this.#refresh || this.#ended || final.has(this.problem?.status ?? 0)) return;
    const failed = this.#failures > 0 ? afterFailure * 2 ** (this.#failures - 1) : 0;
    const rest = Math.min(slowest, Math.max(fastest, took * restFactor, failed));
    this.#timer = setTimeout(() => {
      if (document.visibilityState === "visible") void this.again();
    }, rest);
  }

  #onVisible = (): void => {
    if (document.visibilityState === "visible") void this.again();
  };
}

/**
 * A Live for a component: made anew whenever what `read` depends on changes, and
 * ended with the component. Reactive values must be read inside `depend`.
 */
export function useLive<D, T>(depend: () => D, read: (on: D, signal: AbortSignal) => Promise<T>, refresh = false): { readonly now: Live<T> } {
  const begin = (on: D) => new Live((signal) => read(on, signal), refresh);
  const first = untrack(depend);
  let known = JSON.stringify(first);
  let current = $state.raw(begin(first));
  $effect(() => {
    const on = depend();
    const next = JSON.stringify(on);
    if (next === known) return;
    known = next;
    untrack(() => {
      current.end();
      current = begin(on);
    });
  });
  $effect(() => () => untrack(() => current.end()));
  return {
    get now() {
      return current;
    },
  };
}
