import { data, type Schema } from "../../shared/api/client";
import { api } from "../api";
import type { Query, Subject } from "./subject";

/** How figures went, with how many days are not there because they were not kept. */
export interface Course {
  points: Schema["AreaIndex"][];
  leftOut: number;
}

/** How a subject's figures went over the last days. */
export async function readTrend(of: Subject, query: Query, signal: AbortSignal): Promise<Course> {
  const { points, leftOut } =
    of.kind === "puskesmas"
      ? await data(api.GET("/v1/puskesmas/{puskesmasCode}/trend", { params: { path: { puskesmasCode: of.code }, query }, signal }))
      : await data(api.GET("/v1/areas/{area}/trend", { params: { path: { area: of.code }, query }, signal }));
  return { points: points ?? [], leftOut: leftOut ?? 0 };
}

/** The twelve indicators of a subject, lowest coverage first. */
export async function readPriorities(of: Subject, query: Query, signal: AbortSignal): Promise<Schema["IndicatorPriority"][]> {
  const { priorities } =
    of.kind === "puskesmas"
      ? await data(api.GET("/v1/puskesmas/{puskesmasCode}/priorities", { params: { path: { puskesmasCode: of.code }, query }, signal }))
      : await data(api.GET("/v1/areas/{area}/priorities", { params: { path: { area: of.code }, query }, signal }));
  return priorities ?? [];
}
