import { keep } from "../kept";

/** ReturnDraft is a return as far as it was typed. */
export class ReturnDraft {
  note = $state("");
  /** Local date, "2026-12-03"; "" none. */
  due = $state("");
  /** Keys of the findings that are meant. */
  chosen = $state<string[]>([]);
}

/** By family: what was typed is kept over desks, until the return is recorded. */
const drafts = new Map<string, ReturnDraft>();

/** What was typed of a family's return, also where its dialog was closed, the return failed or the desk was left. */
export function draftOf(familyId: string): ReturnDraft {
  const draft = drafts.get(familyId) ?? new ReturnDraft();
  drafts.set(familyId, draft);
  return draft;
}

/** Drops the draft of a family whose verdict is recorded. */
export function dropDraft(familyId: string): void {
  drafts.delete(familyId);
}

keep({ unsaved: () => [...drafts.values()].some((draft) => draft.note.trim() !== ""), clear: () => drafts.clear() });
