import { data, type Schema } from "../../shared/api/client";
import { api } from "../api";
import type { Query, Subject } from "../subject/subject";

/** A change as the server explains it. */
export type Explained = Schema["ExplainChangeResponse"];

/** Between which days, "2024-05-17". */
export interface Period {
  from: string;
  to: string;
}

/** What lies between two days. */
export function readChange(of: Subject, query: Query & Period, signal: AbortSignal): Promise<Explained> {
  return of.kind === "puskesmas"
    ? data(api.GET("/v1/puskesmas/{puskesmasCode}/change", { params: { path: { puskesmasCode: of.code }, query }, signal }))
    : data(api.GET("/v1/areas/{area}/change", { params: { path: { area: of.code }, query }, signal }));
}

/** The families behind it, a page. */
export function readChanged(
  of: Subject,
  query: Query & Period & { cause?: Schema["ChangeCause"]; pageToken?: string },
  signal: AbortSignal,
): Promise<Schema["ListChangedFamiliesResponse"]> {
  return of.kind === "puskesmas"
    ? data(api.GET("/v1/puskesmas/{puskesmasCode}/change/families", { params: { path: { puskesmasCode: of.code }, query }, signal }))
    : data(api.GET("/v1/areas/{area}/change/families", { params: { path: { area: of.code }, query }, signal }));
}

/** A day so many days before now, as WIB has it. */
export function daysAgo(days: number, now = Date.now()): string {
  const wib = 7 * 60 * 60 * 1000;
  return new Date(now + wib - days * 86_400_000).toISOString().slice(0, 10);
}
