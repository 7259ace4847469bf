/** ReturnDraft is a return as far as it was typed. */
export class ReturnDraft {
  note = $state("");
  /** Local date, "2026-12-03"; "" none. */
  due = $state("");
  /** Keys of the findings that are meant. */
  chosen = $state<string[]>([]);
}
