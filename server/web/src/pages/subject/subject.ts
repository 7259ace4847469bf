import { SvelteMap } from "svelte/reactivity";
import { areaParameter } from "../../shared/api/area";
import { data, type Schema } from "../../shared/api/client";
import { api } from "../api";
import { address as here } from "../frame/address.svelte";
import { session } from "../session.svelte";

/** Whose figures a dashboard shows: an area by its path, or a Puskesmas. */
export interface Subject {
  kind: "wilayah" | "puskesmas";
  code: string;
}

/** What is counted. */
export interface Choice {
  membership: "MEMBERSHIP_INTI" | "MEMBERSHIP_BESAR";
  basis: "BASIS_PROVISIONAL" | "BASIS_VERIFIED";
}

/** The subject of a route's parameters. */
export function subjectOf(params: Readonly<Record<string, string>>): Subject {
  return { kind: params["kind"] === "puskesmas" ? "puskesmas" : "wilayah", code: params["code"] ?? "id" };
}

/** The pages that show an area, by their part of the address. */
export type View = "dasbor" | "pengumpulan" | "indikator" | "perubahan" | "intervensi";

/** Address of a page about a subject, with what was chosen on this one. */
export function address(subject: Subject, view: View | "laporan" = "dasbor"): string {
  const path = view === "laporan" ? `#/laporan/${subject.code}` : `#/${view}/${subject.kind}/${subject.code}`;
  return here.query ? `${path}?${here.query}` : path;
}

/** What is counted, and by the rounds of which survey year; without one: of any. */
export interface Query extends Choice {
  surveyYear?: number;
}

/** The figures of one subject, with the years in which its families were surveyed. */
export interface Indexed {
  index: Schema["AreaIndex"];
  years: number[];
}

/** What was last read of an area or a Puskesmas. */
interface Known {
  name: string;
  years: number[];
}

/** By who read it and what: the next who signs in here may not see the same. */
const known = new SvelteMap<string, Known>();

function keyOf(of: Subject): string {
  return `${session.account.userName ?? ""}/${of.kind}/${of.code}`;
}

/** The name and the survey years of a subject as last read, so that they stay on the page while figures are read anew. */
export function knownOf(of: Subject): Readonly<Known> {
  return known.get(keyOf(of)) ?? { name: of.kind === "wilayah" && of.code === "id" ? "Indonesia" : "", years: [] };
}

/** Reads a subject for a page that shows no index: its name and its survey years. */
export async function readKnown(of: Subject, signal: AbortSignal): Promise<void> {
  await readIndex(of, { membership: "MEMBERSHIP_INTI", basis: "BASIS_PROVISIONAL" }, signal);
}

/** Keeps what was read of a subject. */
export function remember(of: Subject, read: Partial<Known>): void {
  known.set(keyOf(of), { ...knownOf(of), ...read });
}

/** The figures of one subject. */
export async function readIndex(of: Subject, query: Query, signal: AbortSignal): Promise<Indexed> {
  const { index, surveyYears } =
    of.kind === "puskesmas"
      ? await data(api.GET("/v1/puskesmas/{puskesmasCode}/index", { params: { path: { puskesmasCode: of.code }, query }, signal }))
      : await data(api.GET("/v1/areas/{area}/index", { params: { path: { area: of.code }, query }, signal }));
  const years = surveyYears ?? [];
  remember(of, { ...(index?.name ? { name: index.name } : {}), years });
  return { index: index ?? {}, years };
}

/** A page of figures; the largest, so that no district needs two. */
const partsPage = 1000;

/** The figures of the areas right below a subject. */
export async function readParts(of: Subject, choice: Query, signal: AbortSignal): Promise<Schema["AreaIndex"][]> {
  const query = { ...choice, pageSize: partsPage };
  const { indexes } =
    of.kind === "puskesmas"
      ? await data(api.GET("/v1/puskesmas/{puskesmasCode}/indexes", { params: { path: { puskesmasCode: of.code }, query }, signal }))
      : await data(api.GET("/v1/areas/{area}/indexes", { params: { path: { area: of.code }, query }, signal }));
  return indexes ?? [];
}

/** An area above, for the way back. */
export interface Step {
  code: string;
  name: string;
}

/** The areas from the nation to the one given, without it, by their parameters. */
export function ancestors(parameter: string): string[] {
  if (parameter === "id") return [];
  const [village = "", ...places] = parameter.split("~");
  const parts = village.split(".");
  const tree = ["id", ...parts.map((_, i) => parts.slice(0, i + 1).join("."))];
  const within = places.map((_, i) => [village, ...places.slice(0, i + 1)].join("~"));
  return [...tree, ...within].slice(0, -1);
}

/** Names of areas, each asked for once. */
export async function readSteps(parameters: string[], signal: AbortSignal): Promise<Step[]> {
  return Promise.all(
    parameters.map(async (code) => {
      const step: Subject = { kind: "wilayah", code };
      if (!knownOf(step).name) {
        const { area } = await data(api.GET("/v1/areas/{code}", { params: { path: { code } }, signal }));
        remember(step, { name: area?.name ?? code });
      }
      return { code, name: knownOf(step).name };
    }),
  );
}

/** Whether an area with this parameter has areas below it. */
export function hasParts(of: Subject): boolean {
  return of.kind === "puskesmas" || of.code.split("~").length < 3;
}

/** The subject of a line in the list of parts. */
export function partOf(line: Schema["AreaIndex"]): Subject {
  return { kind: "wilayah", code: areaParameter(line.area ?? "") };
}
