import { data, type Schema } from "../../shared/api/client";
import { readPages } from "../../shared/api/pages";
import { Forms, type Form } from "../../shared/form/forms";
import { byName } from "../../shared/format";
import { keep } from "../../shared/kept";
import { api } from "../api";
import { session } from "../session.svelte";
import { readSteps, type Step } from "../subject/subject";
import type { Head } from "./records";

/** The same interface of the form as on a device, at the server. */
export const forms = new Forms(api);

/** Nothing typed: most buildings have one family. */
const noHead: Readonly<Head> = { headName: "", buildingNumber: "", familyNumber: "1", nkk: "" };

/**
 * What a stack of paper forms has in common, and what was typed: in memory, while
 * the typist is signed in. Who would lose what was typed by a reload is asked.
 */
class TypingDesk {
  village = $state("");
  place = $state("");
  collector = $state("");
  surveyDate = $state("");
  /** The head of the next form as far as it was typed, until the form is begun or dropped. */
  next = $state<Head>({ ...noHead });
  /** Of a submission of what was typed, as far as it was written. */
  note = $state("");
  typed = $state.raw<Schema["HouseholdSummary"][]>([]);

  constructor() {
    keep({ unsaved: () => this.note.trim() !== "" || JSON.stringify(this.next) !== JSON.stringify(noHead), clear: () => this.#clear() });
  }

  /** Takes the next paper form, with what the stack has in common. */
  turn(): void {
    this.next = { ...noHead };
  }

  /** Keeps a form among those typed, as it is now. */
  keep(form: Form): void {
    const familyId = form.household?.familyId ?? "";
    const { headName, place, buildingNumber, familyNumber } = form.household?.family ?? {};
    const line: Schema["HouseholdSummary"] = { familyId };
    if (form.household?.villageCode) line.villageCode = form.household.villageCode;
    if (headName) line.headName = headName;
    if (place) line.place = place;
    if (buildingNumber) line.buildingNumber = buildingNumber;
    if (familyNumber) line.familyNumber = familyNumber;
    if (form.state) line.state = form.state;
    if (form.inti?.iks) line.iks = form.inti.iks;
    if (form.inti?.category) line.category = form.inti.category;
    const known = this.typed.some((f) => f.familyId === familyId);
    this.typed = known ? this.typed.map((f) => (f.familyId === familyId ? line : f)) : [line, ...this.typed];
  }

  /** Families typed that are complete and not submitted. */
  get complete(): Schema["HouseholdSummary"][] {
    return this.typed.filter((f) => f.state === "FORM_STATE_COMPLETE");
  }

  /** Marks families as submitted. */
  submitted(ids: string[]): void {
    this.typed = this.typed.map((f) => (ids.includes(f.familyId ?? "") ? { ...f, state: "FORM_STATE_SUBMITTED" } : f));
  }

  #clear(): void {
    this.village = this.place = this.collector = this.surveyDate = this.note = "";
    this.typed = [];
    this.turn();
  }
}

/** The one desk of this page. */
export const desk = new TypingDesk();

/** The villages in which the typist may work, by code: all of the Puskesmas for a supervisor, the assigned ones for a surveyor. */
export async function readVillages(signal: AbortSignal): Promise<Step[]> {
  const codes = session.may("RIGHT_REVIEW") ? await readServed(signal) : (session.account.assignedAreas ?? []).map((path) => path.split("/")[0] ?? "");
  return readSteps([...new Set(codes)].sort(), signal);
}

/** Codes of the villages that the own Puskesmas serves; who sees the whole of it is listed that one. */
async function readServed(signal: AbortSignal): Promise<string[]> {
  const { puskesmas } = await data(api.GET("/v1/puskesmas", { signal }));
  return puskesmas?.[0]?.villageCodes ?? [];
}

/** Names of those who collect in the Puskesmas; a surveyor knows the own alone. */
export async function readCollectors(signal: AbortSignal): Promise<string[]> {
  if (!session.may("RIGHT_READ_STAFF")) return [session.account.fullName ?? ""];
  const read = (pageToken: string) => data(api.GET("/v1/accounts", { params: { query: { pageSize: 1000, pageToken } }, signal }));
  const { list } = await readPages(Infinity, read, (page) => page.accounts);
  const collects = (a: Schema["StaffAccount"]) => a.roles?.some((role) => role === "ROLE_SURVEYOR" || role === "ROLE_SUPERVISOR");
  return [...new Set(list.filter(collects).map((a) => a.fullName ?? ""))].filter(Boolean).sort(byName);
}
