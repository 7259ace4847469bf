import type { Schema } from "../api/client";
import { labelOf, questionOfField } from "../family/questions";
import type { Form, Question } from "./forms";

/** What a marked field asks, in the words of the questionnaire. */
export function markedLabel(field: Schema["ReviewField"]): string {
  return labelOf(field.kind, questionOfField(field.kind, field.field)?.field);
}

/** The question of a form that was marked; undefined where it is not asked in it, as of an earlier round. */
export function markedQuestion(form: Form, field: Schema["ReviewField"]): Question | undefined {
  if (field.recordId && field.recordId !== form.roundId) return undefined;
  const name = questionOfField(field.kind, field.field)?.field.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return form.questions?.find((q) => q.kind === field.kind && q.field === name && (q.memberId ?? "") === (field.memberId ?? ""));
}
