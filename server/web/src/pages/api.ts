import { makeApi } from "../shared/api/client";
import { session } from "./session.svelte";

/** The client by which pages read and write. */
export const api = makeApi(
  () => session.token(),
  (problem) => (problem.status === 401 ? session.refused() : void session.lookAgain()),
);
