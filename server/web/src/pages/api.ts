import { makeApi } from "../shared/api/client";
import { whenGone } from "../shared/live.svelte";
import { session } from "./session.svelte";

/** The least time between two looks at what the account may do, in milliseconds: each renews the session. */
const lookEvery = 30_000;

let lookedAt = -lookEvery;
let planned: ReturnType<typeof setTimeout> | undefined;

/** Looks what the account may do, now or as soon as it is time again. */
function lookSoon(): void {
  planned ??= setTimeout(
    () => {
      planned = undefined;
      lookedAt = performance.now();
      void session.lookAgain();
    },
    Math.max(0, lookedAt + lookEvery - performance.now()),
  );
}

/** The client by which pages read and write. What is not there (404) says nothing of the account, but where it was shown before. */
export const api = makeApi(
  () => session.token(),
  ({ status }) => {
    if (status === 401) session.refused();
    else if (status === 403) lookSoon();
  },
);
whenGone(lookSoon);
