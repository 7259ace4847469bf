import { data, type Schema } from "../../shared/api/client";
import { api } from "../api";
import { remember, type Subject } from "./subject";

/** Status of collection of an area. */
export type Progress = Schema["GetProgressResponse"];

/** A page of areas; the largest, so that no district needs two. */
const partsPage = 1000;

/** The status of a subject. */
export async function readProgress(of: Subject, signal: AbortSignal): Promise<Progress> {
  const read =
    of.kind === "puskesmas"
      ? await data(api.GET("/v1/puskesmas/{puskesmasCode}/progress", { params: { path: { puskesmasCode: of.code } }, signal }))
      : await data(api.GET("/v1/areas/{area}/progress", { params: { path: { area: of.code } }, signal }));
  if (read.name) remember(of, { name: read.name });
  return read;
}

/** The status of the areas right below a subject. */
export async function readProgressParts(of: Subject, signal: AbortSignal): Promise<Progress[]> {
  const query = { pageSize: partsPage };
  const { progress } =
    of.kind === "puskesmas"
      ? await data(api.GET("/v1/puskesmas/{puskesmasCode}/progress/parts", { params: { path: { puskesmasCode: of.code }, query }, signal }))
      : await data(api.GET("/v1/areas/{area}/progress/parts", { params: { path: { area: of.code }, query }, signal }));
  return progress ?? [];
}

/** The status at the end of each of the last days. */
export async function readDays(of: Subject, signal: AbortSignal): Promise<Progress[]> {
  const { days } =
    of.kind === "puskesmas"
      ? await data(api.GET("/v1/puskesmas/{puskesmasCode}/progress/days", { params: { path: { puskesmasCode: of.code } }, signal }))
      : await data(api.GET("/v1/areas/{area}/progress/days", { params: { path: { area: of.code } }, signal }));
  return days ?? [];
}

/** What each surveyor of the own Puskesmas has done. */
export async function readSurveyors(signal: AbortSignal): Promise<Schema["SurveyorProgress"][]> {
  const { surveyors } = await data(api.GET("/v1/progress/surveyors", { signal }));
  return surveyors ?? [];
}

/** Whether past days are kept of a subject: of villages and above. */
export function hasDays(of: Subject): boolean {
  return of.kind === "puskesmas" || !of.code.includes("~");
}
