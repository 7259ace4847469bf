import { data, type Schema } from "../../shared/api/client";
import { readPages } from "../../shared/api/pages";
import { keep } from "../../shared/kept";
import { useLive } from "../../shared/live.svelte";
import { api } from "../api";
import { session } from "../session.svelte";

/** The district of who sees one; undefined: who sees a Puskesmas, or more than a district. */
export function ownDistrict(): string | undefined {
  return /^\d+\.\d+$/.test(session.account.area ?? "") ? session.account.area : undefined;
}

/** The Puskesmas of a district, or the caller's own; in no order. */
export async function readPuskesmas(area: string, signal?: AbortSignal): Promise<Schema["Puskesmas"][]> {
  const read = (pageToken: string) => data(api.GET("/v1/puskesmas", { params: { query: { area, pageSize: 1000, pageToken } }, ...(signal && { signal }) }));
  return (await readPages(Infinity, read, (page) => page.puskesmas)).list;
}

/** Names by code, read once a sign-in. */
let names: Promise<ReadonlyMap<string, string>> | undefined;

keep({ unsaved: () => false, clear: () => (names = undefined) });

/** Those of the own district or the own one; above a district there are too many to be read. */
function readNames(): Promise<ReadonlyMap<string, string>> {
  const area = ownDistrict();
  if (!area && !session.account.puskesmasCode) return Promise.resolve(new Map());
  names ??= readPuskesmas(area ?? "")
    .then((list) => new Map(list.map((one) => [one.code ?? "", one.name ?? ""])))
    .catch((thrown) => {
      names = undefined;
      throw thrown;
    });
  return names;
}

/** What pages that name Puskesmas by code show of them. */
export interface PuskesmasNames {
  /** Its name; undefined where it is not known. */
  nameOf: (code: string | undefined) => string | undefined;
}

/** Names of Puskesmas for a component. */
export function usePuskesmas(): PuskesmasNames {
  const named = useLive(() => 0, readNames);
  return { nameOf: (code = "") => named.now.data?.get(code) || undefined };
}
