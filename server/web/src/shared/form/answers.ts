import type { Schema } from "../api/client";
import type { Answers, Form, Question } from "./forms";

type Record_ = Readonly<Record<string, unknown>>;

/** The record that a question's answer belongs to, as it is now. */
function recordOf(form: Form, q: Question): Record_ {
  const h = form.household;
  const round = h?.rounds?.find((r) => r.roundId === form.roundId);
  switch (q.kind) {
    case "RECORD_KIND_FAMILY":
      return (h?.family ?? {}) as Record_;
    case "RECORD_KIND_MEMBER":
      return (h?.members?.find((m) => m.memberId === q.memberId)?.member ?? {}) as Record_;
    case "RECORD_KIND_ROUND":
      return (round?.round ?? {}) as Record_;
    default:
      return (round?.individuals?.find((i) => i.memberId === q.memberId)?.individual ?? {}) as Record_;
  }
}

/** Names a question within its form. */
export function keyOf(q: Question): string {
  return `${q.kind}/${q.memberId ?? ""}/${q.field}`;
}

/** An answer as inputs hold it; "" for none. A stated age is its months. */
export function answerOf(form: Form, q: Question): string {
  const value = recordOf(form, q)[q.field ?? ""];
  if (value === undefined || value === null) return "";
  if (q.input === "FORM_INPUT_AGE") return String((value as Schema["StatedAge"]).months ?? "");
  return String(value);
}

/** What to save so that a question has an answer; "" takes it back. */
export function saveOf(form: Form, q: Question, answer: string): Answers {
  const field = q.field ?? "";
  if (answer === "") {
    const record = q.kind === "RECORD_KIND_ROUND" || q.kind === "RECORD_KIND_INDIVIDUAL" ? { recordId: form.roundId ?? "" } : {};
    const member = q.memberId ? { memberId: q.memberId } : {};
    return { clear: [{ kind: q.kind ?? "RECORD_KIND_UNSPECIFIED", field, ...record, ...member }] };
  }
  const set = { [field]: wireValue(form, q, answer) };
  switch (q.kind) {
    case "RECORD_KIND_FAMILY":
      return { set: { family: set } };
    case "RECORD_KIND_MEMBER":
      return { set: { members: [{ memberId: q.memberId ?? "", member: set }] } };
    case "RECORD_KIND_ROUND":
      return { set: { rounds: [{ roundId: form.roundId ?? "", round: set }] } };
    default:
      return { set: { rounds: [{ roundId: form.roundId ?? "", individuals: [{ memberId: q.memberId ?? "", individual: set }] }] } };
  }
}

/** An answer as JSON writes it: numbers may stay texts, true and false may not. */
function wireValue(form: Form, q: Question, answer: string): unknown {
  if (q.input === "FORM_INPUT_AGE") {
    const months = Number(answer);
    return { months, asOf: surveyDate(form), inMonths: months < 60 };
  }
  if (answer === "true" || answer === "false") return answer === "true";
  return answer;
}

/** Survey date of the form's round. */
export function surveyDate(form: Form): string {
  return form.household?.rounds?.find((r) => r.roundId === form.roundId)?.round?.surveyDate ?? "";
}

/** What was noticed about a question, worst first. */
export function findingsOf(form: Form, q: Question): Schema["FormFinding"][] {
  const all = form.findings ?? [];
  return all
    .filter((f) => f.field === q.field && f.kind === q.kind && (f.memberId ?? "") === (q.memberId ?? "") && f.code !== "REQUIRED_MISSING")
    .sort((a, b) => Number(b.error ?? false) - Number(a.error ?? false));
}

/** What was noticed about a person or the household as a whole. */
export function generalFindings(form: Form, memberId: string): Schema["FormFinding"][] {
  const mine = (f: Schema["FormFinding"]) => (f.memberId ?? "") === memberId && (!f.recordId || f.recordId === form.roundId);
  return (form.findings ?? []).filter((f) => !f.field && mine(f) && f.code !== "REQUIRED_MISSING");
}

/** Those of a form's people who have not died or left since its survey: whom a new round finds, and who can still leave. */
export function staying(form: Form): Schema["FormPerson"][] {
  const gone = new Set((form.household?.members ?? []).filter((m) => m.member?.removal).map((m) => m.memberId));
  return (form.people ?? []).filter((p) => !gone.has(p.memberId));
}

/** A new round, with every member who counts. */
export function newRound(form: Form, round: Schema["Round"]): Answers {
  const roundId = form.spareIds?.[0] ?? "";
  const individuals = staying(form).map((p) => ({ memberId: p.memberId ?? "", individual: { present: true } }));
  return { set: { rounds: [{ roundId, round, individuals }] } };
}

/** One more member, present in the form's round; the first is the head. */
export function newMember(form: Form): { memberId: string; answers: Answers } {
  const memberId = form.spareIds?.[0] ?? "";
  const number = Math.max(0, ...(form.household?.members ?? []).map((m) => m.member?.number ?? 0)) + 1;
  const first = (form.people ?? []).length === 0;
  const headName = form.household?.family?.headName ?? "";
  const member: Schema["Member"] = first && headName ? { number, name: headName } : { number };
  const individual: Schema["Individual"] = first ? { present: true, relation: "RELATION_HEAD" } : { present: true };
  const round = { roundId: form.roundId ?? "", individuals: [{ memberId, individual }] };
  return { memberId, answers: { set: { members: [{ memberId, member }], rounds: [round] } } };
}
