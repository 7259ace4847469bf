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

/** Whether something that is kept would be lost. */
export function keepsUnsaved(): boolean {
  return keepers.some((keeper) => keeper.unsaved());
}

/** Forgets all that is kept. */
export function clearKept(): void {
  for (const keeper of keepers) keeper.clear();
}

addEventListener("beforeunload", (event) => {
  if (keepsUnsaved()) event.preventDefault();
});
