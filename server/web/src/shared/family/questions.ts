// Labels of registers, as the questionnaire of the kernel has them.
import type { Schema } from "../api/client";
import { count, date, dateTime, degrees, missing } from "../format";
import { family as text } from "../text/family";
import kernel from "./kernel.json";
import { placeLabel } from "./place";

/** A question, as the kernel has it. */
export interface Question {
  kind: string;
  /** Name of the field in the contract. */
  field: string;
  /** Number of the field in the contract. */
  id: number;
  number: string;
  label: string;
  options?: Record<string, string>;
}

const questions: Question[] = kernel.questions;

/** Names of the twelve indicators, in order. */
export const indicatorNames: readonly string[] = kernel.indicators;

const byRegister = new Map(questions.map((q) => [`${q.kind}.${q.field}`, q]));

/** All questions of one kind of record, in the order of the paper form. */
export function questionsOf(kind: "FAMILY" | "MEMBER" | "ROUND" | "INDIVIDUAL"): Question[] {
  return questions.filter((q) => q.kind === kind);
}

/** What a register is called. */
export function labelOf(kind: Schema["RecordKind"] | undefined, field: string | undefined): string {
  const key = `${(kind ?? "").replace("RECORD_KIND_", "")}.${field ?? ""}`;
  const question = byRegister.get(key);
  return question ? `${question.number} ${question.label}` : (text.registers[key] ?? text.otherRegister);
}

/** What an id or a code stands for, as far as it is known where it is shown. */
export type Named = (id: string) => string | undefined;

/** A register's value, from its JSON text, in words. An id that nobody knows is told from others by its end. */
export function wordsOf(kind: Schema["RecordKind"] | undefined, field: string | undefined, json: string | undefined | null, named: Named = () => undefined): string {
  if (json === undefined || json === null || json === "null") return text.cleared;
  const question = byRegister.get(`${(kind ?? "").replace("RECORD_KIND_", "")}.${field ?? ""}`);
  try {
    if (field?.endsWith("_at_ms")) return dateTime(JSON.parse(json) as string);
    const value: unknown = JSON.parse(json);
    const name = typeof value === "string" ? named(value) : undefined;
    if (name) return name;
    if (typeof value === "string" && field?.endsWith("_id")) return text.unnamed(text.others[field] ?? "", value.slice(-4));
    return inWords(question, value);
  } catch {
    return json;
  }
}

/** A value as protojson gives it, in words. */
export function inWords(question: Question | undefined, value: unknown): string {
  if (value === undefined || value === null || value === "") return missing;
  if (question?.field === "place") return placeLabel(String(value));
  if (typeof value === "string") return question?.options?.[value] ?? (/^\d{4}-\d{2}-\d{2}$/.test(value) ? date(value) : (text.values[value] ?? value));
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return value ? text.yes : text.no;
  if (Array.isArray(value)) return count(value.length);
  return partsInWords(value);
}

/** The parts of a value in words; what has no name here is for programs alone. */
function partsInWords(value: object): string {
  const parts = Object.entries(value).flatMap(([name, v]) => {
    if (name === "stamp") return [dateTime((v as Schema["Stamp"]).timeMs)];
    if (!text.parts[name]) return [];
    return [`${text.parts[name]}: ${name.endsWith("E7") ? degrees(v as number) : inWords(undefined, v)}`];
  });
  return parts.join(", ") || missing;
}

/** A field of a record by its name in the contract; JSON writes it in camel case. */
export function fieldOf(record: object | undefined | null, field: string): unknown {
  const name = field.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return (record as Record<string, unknown> | undefined | null)?.[name];
}

/** The first register of a question by its number on paper. */
export function questionOfNumber(number: string | undefined): Question | undefined {
  return questions.find((q) => q.number === number);
}

/** The question of a register by its number in the contract. */
export function questionOfField(kind: Schema["RecordKind"] | undefined, id: number | undefined): Question | undefined {
  return questions.find((q) => `RECORD_KIND_${q.kind}` === kind && q.id === id);
}
