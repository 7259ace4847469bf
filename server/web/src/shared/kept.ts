import { ask, withdraw } from "./components/ask";
import { text } from "./text";

/** Keeper holds in memory what was typed or is shown once, while its page is left. */
export interface Keeper {
  /** Whether a reload or signing out would lose something. */
  unsaved: () => boolean;
  /** Forgets it: who signs out leaves nothing to the next. */
  clear: () => void;
}

const keepers: Keeper[] = [];

/** Adds a keeper, for as long as the app is open. Who would lose by a reload what it holds is asked. */
export function keep(keeper: Keeper): void {
  keepers.push(keeper);
}

/** Guard holds what is lost with the part of a page in which it was typed. */
export interface Guard {
  /** Whether something would be lost now. */
  unsaved: () => boolean;
  /** Waits until what is being saved is saved or refused. */
  settle?: () => Promise<void>;
}

const guards = new Set<Guard>();

/** Guards what was typed as long as its part is shown; gives what ends that. */
export function guard(typed: Guard): () => void {
  guards.add(typed);
  return () => guards.delete(typed);
}

/** Whether what is guarded may be left behind, all that is shown or some of it: who would lose it is asked. */
export async function mayLeave(left: Iterable<Guard> = guards): Promise<boolean> {
  await Promise.all([...left].map((g) => g.settle?.()));
  return ![...left].some((g) => g.unsaved()) || (await ask(text.common.leaveLoses, text.common.leave));
}

/** Whether something that is kept or guarded would be lost. */
export function keepsUnsaved(): boolean {
  return [...keepers, ...guards].some((held) => held.unsaved());
}

/** Forgets all that is kept, and what is being asked. */
export function clearKept(): void {
  withdraw();
  for (const keeper of keepers) keeper.clear();
}

addEventListener("beforeunload", (event) => {
  if (keepsUnsaved()) event.preventDefault();
});
