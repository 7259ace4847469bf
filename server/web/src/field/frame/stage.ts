/**
 * Stage holds the page of who is signed in. Cleared, the page is out of the document with all that was
 * typed in it, where no other script, search or assistive technology finds it; shown again, it is as it was.
 */
export class Stage {
  #page: HTMLElement | undefined;
  readonly #place = document.createComment("");
  #scrolled = 0;
  #focused: HTMLElement | undefined;
  /** Dialogs that were open over the page: what leaves the document opens no more by itself. */
  #dialogs: HTMLDialogElement[] = [];

  /** The element to hold, as Svelte's use: gives it. */
  readonly hold = (page: HTMLElement): { destroy: () => void } => {
    this.#page = page;
    return { destroy: () => this.#place.remove() };
  };

  /** Takes the page out of the document. */
  clear(): void {
    const page = this.#page;
    if (!page?.isConnected) return;
    const active = document.activeElement;
    this.#focused = active instanceof HTMLElement && page.contains(active) ? active : undefined;
    this.#scrolled = scrollY;
    this.#dialogs = [...page.querySelectorAll<HTMLDialogElement>("dialog:modal")];
    page.replaceWith(this.#place);
  }

  /** Puts the page back, and whoever was `here` where they were. Gives whether it did so. */
  show(here: boolean): boolean {
    const page = this.#page;
    if (!page || !this.#place.isConnected) return false;
    this.#place.replaceWith(page);
    for (const dialog of this.#dialogs.splice(0)) {
      if (!dialog.isConnected) continue;
      dialog.open = false; // without the event that tells of a dialog's end
      dialog.showModal();
    }
    if (!here) return false;
    scrollTo(0, this.#scrolled);
    const focused = this.#focused?.isConnected ? this.#focused : (page.querySelector("h1") ?? undefined);
    focused?.focus({ preventScroll: true });
    return true;
  }
}
