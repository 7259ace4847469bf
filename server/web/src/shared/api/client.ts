import createClient, { type Client } from "openapi-fetch";
import { problemOf, type Problem } from "./problem";
import type { paths } from "./schema";

export type { Schema } from "./contract";

/** A typed client of the REST contract. */
export type Api = Client<paths>;

/** Gives the access token to send; undefined: none. */
export type TokenSource = () => Promise<string | undefined>;

/** Not signed in, not allowed, and not there, as what lies outside the own area is for whoever asks. */
const refusals = new Set([401, 403, 404]);

/**
 * Makes a client of the server that the page came from. A refusal is thrown as a
 * Problem, so that what a call returns is data; `onRefused` gets those that an account's
 * rights decide.
 */
export function makeApi(token: TokenSource, onRefused: (problem: Problem) => void = () => {}): Api {
  const api = createClient<paths>({ baseUrl: location.origin, credentials: "omit" });
  api.use({
    async onRequest({ request }) {
      const access = await token();
      if (access) request.headers.set("Authorization", `Bearer ${access}`);
      return request;
    },
    async onResponse({ response }) {
      if (response.ok) return asOfNow(response);
      const problem = problemOf(await response.json().catch(() => undefined), response.status);
      if (refusals.has(response.status)) onRefused(problem);
      throw problem;
    },
  });
  return api;
}

/**
 * Figures that have not changed come out of the browser's cache, which the server
 * has confirmed (304) with a header that tells as of when they still hold. Puts that
 * in place of the time at which they were first sent.
 */
async function asOfNow(response: Response): Promise<Response> {
  const asOf = response.headers.get("X-As-Of");
  if (!asOf) return response;
  const body = await response.text();
  const told = [...body.matchAll(/"asOf":\s?"([^"]+)"/g)].map((match) => match[1] ?? "");
  const latest = told.reduce((a, b) => (Date.parse(b) > Date.parse(a) ? b : a), told[0] ?? "");
  return new Response(latest ? body.replaceAll(`"${latest}"`, `"${asOf}"`) : body, { status: response.status, headers: response.headers });
}

/** The data of an answer; the client throws where there is none. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer;
  if (data === undefined) throw problemOf(undefined, 0);
  return data;
}
