import { form as words } from "../text/form";
import { answerOf, keyOf } from "./answers";
import type { Form } from "./forms";

/**
 * What others' work has changed in a family between a form as it was shown and as it is
 * after a save, but for the question that was saved; "" nothing.
 */
export function meanwhile(shown: Form, now: Form, saved = ""): string {
  const told: string[] = [];
  if (shown.roundId === now.roundId) {
    const before = new Set((shown.questions ?? []).map(keyOf));
    const changed = (now.questions ?? []).filter((q) => keyOf(q) !== saved && before.has(keyOf(q)) && answerOf(shown, q) !== answerOf(now, q));
    if (changed.length > 0) told.push(words.cameMeanwhile(changed.map((q) => q.label ?? "").join("; ")));
  }
  if ((now.conflicts ?? 0) > (shown.conflicts ?? 0)) told.push(words.bothKept);
  return told.join(" ");
}
