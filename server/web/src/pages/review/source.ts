import { data, type Schema } from "../../shared/api/client";
import type { PersonName } from "../../shared/family/names";
import type { Listed } from "../../shared/api/pages";
import { readQueue, type Item, type Judgement, type Reach, type ReviewSource } from "../../shared/review/source";
import { api } from "../api";
import { readVillageName } from "../staff/names.svelte";

/** A page of a queue. */
const queuePage = 1000;

/** Reads a desk's families on line: of one batch, of all that waits, or of what was returned. */
export function onlineSource(desk: string, person: PersonName): ReviewSource {
  return {
    list: (reach, signal) => listOf(desk, reach, signal),
    family: (familyId, signal) => data(api.GET("/v1/families/{familyId}", { params: { path: { familyId } }, signal })),
    differences: (familyId, signal) => data(api.GET("/v1/families/{familyId}/differences", { params: { path: { familyId } }, signal })),
    person,
    villageName: readVillageName,
    judge,
    approve,
  };
}

/** A batch with its families. */
export function readBatch(batchId: string, signal: AbortSignal): Promise<Schema["GetBatchResponse"]> {
  return data(api.GET("/v1/review/batches/{batchId}", { params: { path: { batchId } }, signal }));
}

async function listOf(desk: string, reach: Reach, signal: AbortSignal): Promise<Listed<Item>> {
  if (desk !== "semua" && desk !== "dikembalikan") {
    const { items } = await readBatch(desk, signal);
    return { list: (items ?? []).filter((i) => waits(i.review?.state)), more: false };
  }
  const returned = desk === "dikembalikan";
  return readQueue(reach, (pageToken) => data(api.GET("/v1/review/queue", { params: { query: { pageSize: queuePage, returned, pageToken } }, signal })));
}

function waits(state: Schema["ReviewState"] | undefined): boolean {
  return state === "REVIEW_STATE_SUBMITTED" || state === "REVIEW_STATE_CHANGED_SINCE_APPROVAL";
}

async function judge(item: Item, verdictId: string, { outcome, note, fields, due }: Judgement): Promise<void> {
  await api.POST("/v1/families/{familyId}:judge", {
    params: { path: { familyId: item.family?.familyId ?? "" } },
    body: { verdictId, outcome, note, fields, dueDate: due, judgedDigest: item.digest ?? "" },
  });
}

async function approve(items: Item[]): Promise<Set<string>> {
  const families = items.map((i) => ({ familyId: i.family?.familyId ?? "", judgedDigest: i.digest ?? "" }));
  const { results } = await data(api.POST("/v1/review:approve", { body: { families } }));
  return new Set((results ?? []).filter((r) => r.verdict).map((r) => r.familyId ?? ""));
}
