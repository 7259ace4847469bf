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

/** What to save so that a question has an answer; "" takes it back. The first one brings its member along, whom nobody has saved yet. */
export function saveOf(form: Form, q: Question, answer: string): Answers {
  const { memberId, field = "" } = q;
  const value = answer === "" ? undefined : wireValue(form, q, answer);
  if (memberId && !form.household?.members?.some((m) => m.memberId === memberId)) {
    const set = newMember(form, memberId);
    const record: Record<string, unknown> = q.kind === "RECORD_KIND_MEMBER" ? set.member : set.individual;
    if (value === undefined) delete record[field];
    else record[field] = value;
    return { set: householdOf(form, memberId, set) };
  }
  if (value === undefined) {
    const record = q.kind === "RECORD_KIND_ROUND" || q.kind === "RECORD_KIND_INDIVIDUAL" ? { recordId: form.roundId ?? "" } : {};
    const member = memberId ? { memberId } : {};
    return { clear: [{ kind: q.kind ?? "RECORD_KIND_UNSPECIFIED", field, ...record, ...member }] };
  }
  const set = { [field]: value };
  switch (q.kind) {
    case "RECORD_KIND_FAMILY":
      return { set: { family: set } };
    case "RECORD_KIND_MEMBER":
      return { set: { members: [{ memberId: memberId ?? "", member: set }] } };
    case "RECORD_KIND_ROUND":
      return { set: { rounds: [{ roundId: form.roundId ?? "", round: set }] } };
    default:
      return { set: { rounds: [{ roundId: form.roundId ?? "", individuals: [{ memberId: memberId ?? "", individual: set }] }] } };
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

/** What is known of one more member. */
interface NewMember {
  member: Schema["Member"];
  individual: Schema["Individual"];
}

/** One more member, present in the form's round; the first is the head. */
function newMember(form: Form, memberId: string): NewMember {
  const others = (form.household?.members ?? []).filter((m) => m.memberId !== memberId);
  const number = Math.max(0, ...others.map((m) => m.member?.number ?? 0)) + 1;
  const first = !(form.people ?? []).some((p) => p.memberId !== memberId);
  const headName = form.household?.family?.headName ?? "";
  return {
    member: first && headName ? { number, name: headName } : { number },
    individual: first ? { present: true, relation: "RELATION_HEAD" } : { present: true },
  };
}

function householdOf(form: Form, memberId: string, { member, individual }: NewMember): Schema["Household"] {
  return { members: [{ memberId, member }], rounds: [{ roundId: form.roundId ?? "", individuals: [{ memberId, individual }] }] };
}

/** A form as it is with one more member of whom nothing is saved; `asked` is what everybody is asked. */
export function withMember(form: Form, memberId: string, asked: readonly Question[]): Form {
  if (!memberId || form.household?.members?.some((m) => m.memberId === memberId)) return form;
  const set = newMember(form, memberId);
  const rounds = (form.household?.rounds ?? []).map((r) =>
    r.roundId === form.roundId ? { ...r, individuals: [...(r.individuals ?? []), { memberId, individual: set.individual }] } : r,
  );
  const household = { ...form.household, members: [...(form.household?.members ?? []), { memberId, member: set.member }], rounds };
  const questions = asked.map((q) => ({ ...q, memberId }));
  const known = new Set([...Object.keys(set.member), ...Object.keys(set.individual)]);
  const unanswered = questions.filter((q) => q.required && !known.has(q.field ?? "")).length;
  const person = { memberId, name: set.member.name ?? "", unanswered };
  return { ...form, household, people: [...(form.people ?? []), person], questions: [...(form.questions ?? []), ...questions] };
}

/** Of the whole questionnaire, what every member is asked before anything is known of them. */
export function askedOfEverybody(questions: readonly Question[] = []): Question[] {
  return questions.filter((q) => !q.why && (q.kind === "RECORD_KIND_MEMBER" || q.kind === "RECORD_KIND_INDIVIDUAL"));
}
