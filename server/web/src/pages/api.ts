import { data, makeApi, type Schema } from "../shared/api/client";
import { session } from "./session.svelte";

/** The client by which pages read and write. */
export const api = makeApi(
  () => session.token(),
  () => session.refused(),
);

/** Who the caller is. */
export function readSelf(): Promise<Schema["GetSelfResponse"]> {
  return data(api.GET("/v1/auth/self"));
}
