import { data, type Schema } from "../../shared/api/client";
import { api } from "../api";
import type { Subject } from "./subject";

/** Status of collection of an area. */
export type Progress = Schema["GetProgressResponse"];

/** The status of a subject. */
export function readProgress(of: Subject, signal: AbortSignal): Promise<Progress> {
  return of.kind === "puskesmas"
    ? data(api.GET("/v1/puskesmas/{puskesmasCode}/progress", { params: { path: { puskesmasCode: of.code } }, signal }))
    : data(api.GET("/v1/areas/{area}/progress", { params: { path: { area: of.code } }, signal }));
}
