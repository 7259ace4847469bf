import { data } from "../../shared/api/client";
import { readQueue, type Item, type ReviewSource } from "../../shared/review/source";
import { app } from "../app.svelte";

/** A page of a queue. */
const queuePage = 300;

/** A review desk's families from the device's own store, without a signal. */
export function deviceSource(returned: boolean): ReviewSource {
  const read = (familyId: string, signal: AbortSignal) => data(app.api.GET("/v1/app/review/families/{familyId}", { params: { path: { familyId } }, signal }));
  return {
    list: (reach, signal) =>
      readQueue(reach, (pageToken) => data(app.api.GET("/v1/app/review/queue", { params: { query: { returned, pageSize: queuePage, pageToken } }, signal }))),
    family: async (id, signal) => (await read(id, signal)).family ?? {},
    differences: async (id, signal) => (await read(id, signal)).differences ?? {},
    villageName: async (code, signal) => (await app.areas(signal)).villages?.find((v) => v.code === code)?.name ?? code,
    judge: async (item, _, { outcome, note, fields, due }) => {
      await app.api.POST("/v1/app/review/families/{familyId}:judge", {
        params: { path: { familyId: item.family?.familyId ?? "" } },
        body: { outcome, note, fields, dueDate: due, judgedDigest: item.digest ?? "" },
      });
    },
    approve,
  };
}

async function approve(items: Item[]): Promise<Set<string>> {
  const families = items.map((i) => ({ familyId: i.family?.familyId ?? "", judgedDigest: i.digest ?? "" }));
  const { familyIds } = await data(app.api.POST("/v1/app/review:approve", { body: { families } }));
  return new Set(familyIds ?? []);
}
