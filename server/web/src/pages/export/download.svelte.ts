import { data } from "../../shared/api/client";
import { asProblem } from "../../shared/api/problem";
import { saveBlob } from "../../shared/files";
import { api } from "../api";
import { RowCounter } from "./rows";

/** What a call for a file gives: its bytes, as they come. */
export type Answer = Promise<{ data?: ReadableStream<Uint8Array> | null | undefined; response: Response }>;

/** How often the server is asked how far an export is, in milliseconds. */
const askEvery = 1500;

/**
 * Download is one file on its way: rows and bytes so far, and at its end whether
 * as many rows came as the server sent, and how many families it does not hold. A
 * file that is not whole is not saved.
 */
export class Download {
  state = $state<"idle" | "running" | "done" | "differs" | "canceled" | "broken" | "refused">("idle");
  bytes = $state(0);
  rows = $state(0);
  expected = $state(0);
  leftOut = $state(0);
  name = $state("");
  problem = $state("");

  #abort = new AbortController();

  /** Takes the file that `ask` gives. */
  async take(ask: (signal: AbortSignal) => Answer): Promise<void> {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.state = "running";
    this.bytes = this.rows = this.expected = this.leftOut = 0;
    this.name = this.problem = "";
    let answered = false;
    try {
      const { data: body, response } = await ask(signal);
      answered = true;
      if (!body) throw new TypeError("no body");
      await this.#receive(body, response);
    } catch (thrown) {
      if (signal.aborted) this.state = "canceled";
      else if (answered) this.state = "broken";
      else {
        this.state = "refused";
        this.problem = asProblem(thrown).message;
      }
    }
  }

  /** Ends it; the server stops at once. */
  cancel(): void {
    this.#abort.abort();
  }

  async #receive(body: ReadableStream<Uint8Array>, response: Response): Promise<void> {
    const exportId = response.headers.get("X-Export-Id") ?? "";
    const type = response.headers.get("Content-Type") ?? "";
    this.name = /filename="?([^";]+)/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? "ekspor";
    const counter = type.startsWith("text/csv") ? new RowCounter() : undefined;
    const asking = counter ? undefined : setInterval(() => void this.#ask(exportId), askEvery);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    try {
      const reader = body.getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        parts.push(new Uint8Array(part.value));
        this.bytes += part.value.length;
        counter?.take(part.value);
        if (counter) this.rows = Math.max(0, counter.rows - 1);
      }
    } finally {
      clearInterval(asking);
    }
    const sent = await data(api.GET("/v1/exports/{exportId}", { params: { path: { exportId } } }));
    this.expected = Number(sent.export?.rows ?? 0);
    this.leftOut = Number(sent.export?.leftOut ?? 0);
    if (!counter) this.rows = this.expected; // a workbook that is cut off does not open
    if (this.rows !== this.expected || sent.export?.state !== "EXPORT_STATE_DONE") {
      this.state = "differs";
      return;
    }
    saveBlob(this.name, new Blob(parts, { type }));
    this.state = "done";
  }

  async #ask(exportId: string): Promise<void> {
    const now = await data(api.GET("/v1/exports/{exportId}", { params: { path: { exportId } } })).catch(() => undefined);
    if (this.state === "running") this.rows = Number(now?.export?.rows ?? this.rows);
  }
}
