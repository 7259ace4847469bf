import { data, type Schema } from "../../shared/api/client";
import { api } from "../api";
import type { Choice, Subject } from "../subject/subject";

/** How the list is asked for. */
export interface Order {
  orderBy: string;
  filter?: string;
  pageToken?: string;
}

/** A page of the families to intervene at. */
export function readPriorityFamilies(of: Subject, query: Choice & Order, signal: AbortSignal): Promise<Schema["ListPriorityFamiliesResponse"]> {
  return of.kind === "puskesmas"
    ? data(api.GET("/v1/puskesmas/{puskesmasCode}/priorities/families", { params: { path: { puskesmasCode: of.code }, query }, signal }))
    : data(api.GET("/v1/areas/{area}/priorities/families", { params: { path: { area: of.code }, query }, signal }));
}
