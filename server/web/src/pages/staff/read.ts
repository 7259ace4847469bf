import { areaParameter } from "../../shared/api/area";
import { data, type Schema } from "../../shared/api/client";
import { readPages } from "../../shared/api/pages";
import { api } from "../api";

/** A page of accounts; the largest. */
const accountsPage = 1000;

/** The accounts that the caller may read, by number; of an area, which is for the national level alone, or "" of the own. */
export async function readAccounts(area: string, signal?: AbortSignal): Promise<Schema["StaffAccount"][]> {
  const read = (pageToken: string) =>
    data(api.GET("/v1/accounts", { params: { query: { area, pageSize: accountsPage, pageToken } }, ...(signal && { signal }) }));
  return (await readPages(Infinity, read, (page) => page.accounts)).list;
}

/** The address of the list of an area's accounts; "" of the caller's own. */
export function listOf(area: string): string {
  return area ? `/akun/wilayah/${area}` : "/akun";
}

/** A part of the Puskesmas as it is shown. */
export interface Part {
  /** Path, "32.04.05.2001/003". */
  path: string;
  name: string;
}

/** A page of parts: a Puskesmas, village or RW has fewer. */
const partsPage = 1000;

/** The known areas right below one; "" is the Puskesmas, whose parts are villages. */
export async function readParts(puskesmasCode: string, path: string, signal: AbortSignal): Promise<Part[]> {
  const query = { membership: "MEMBERSHIP_INTI", basis: "BASIS_PROVISIONAL", pageSize: partsPage } as const;
  const { indexes } = path
    ? await data(api.GET("/v1/areas/{area}/indexes", { params: { path: { area: areaParameter(path) }, query }, signal }))
    : await data(api.GET("/v1/puskesmas/{puskesmasCode}/indexes", { params: { path: { puskesmasCode }, query }, signal }));
  return (indexes ?? []).map((x) => ({ path: x.area ?? "", name: x.name ?? x.area ?? "" }));
}

/** How an account is called: by the person, else by its user name. */
export function nameOf(line: Schema["StaffAccount"] | undefined): string {
  return line?.fullName || line?.userName || "";
}

/** Whether an account acts as supervisor now. */
export function acts(line: Schema["StaffAccount"]): boolean {
  return Number(line.actingSupervisorUntilMs ?? 0) > Date.now();
}

/** The last minute at which an account acts as supervisor: the end itself belongs to the next day. */
export function lastMinute(line: Schema["StaffAccount"]): number {
  return Number(line.actingSupervisorUntilMs ?? 0) - 60_000;
}
