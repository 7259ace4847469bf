import createClient from "openapi-fetch";
import { data, makeApi } from "../shared/api/client";
import { asProblem, problemOf } from "../shared/api/problem";
import { tellToday, today } from "../shared/form/dates";
import { Forms } from "../shared/form/forms";
import { clearKept } from "../shared/kept";
import type { components, paths } from "./device";

/** Messages of the device's own contract by name. */
export type Device = components["schemas"];

/** How often the status is asked for, in milliseconds; faster while syncing. */
const calm = 3000;
const lively = 400;

/** This launch's key, from behind the "#" of the address that was opened. */
function takeKey(): string {
  const match = /^#kunci=([\w-]+)/.exec(location.hash);
  const stored = sessionStorage.getItem("kunci") ?? "";
  if (!match?.[1]) return stored;
  // So that the browser's own "reload" keeps working; it ends with the tab.
  sessionStorage.setItem("kunci", match[1]);
  location.hash = "/";
  return match[1];
}

/** The app on this device: who is signed in, how everything stands, and its calls. */
class FieldApp {
  readonly key = takeKey();
  status = $state.raw<Device["GetStatusResponse"]>({});
  /** "starting" until the first answer; "gone": the program does not answer. */
  state = $state<"starting" | "no-key" | "set-up" | "locked" | "in" | "gone">("starting");

  readonly forms = new Forms(makeApi(() => Promise.resolve(this.key), () => void this.look()));
  /** The device's own calls, beside the form's. */
  readonly api = createClient<paths>({ baseUrl: location.origin, credentials: "omit", cache: "no-store", headers: { Authorization: `Bearer ${this.key}` } });

  constructor() {
    this.api.use({
      async onResponse({ response }) {
        if (response.ok) return response;
        throw problemOf(await response.json().catch(() => undefined), response.status);
      },
    });
    if (!this.key) this.state = "no-key";
    else void this.#watch();
  }

  /** Asks how everything stands. */
  async look(): Promise<void> {
    try {
      const status = await data(this.api.GET("/v1/app/status"));
      this.status = status;
      this.state = !status.server ? "set-up" : status.userName ? "in" : "locked";
      if (this.state !== "in") clearKept();
    } catch (thrown) {
      this.state = asProblem(thrown).status === 403 ? "no-key" : "gone";
    }
  }

  async #watch(): Promise<void> {
    await this.look();
    setTimeout(() => void this.#watch(), this.status.sync?.running ? lively : calm);
  }

  async setUp(link: string): Promise<void> {
    await this.api.POST("/v1/app:setUp", { body: { link } });
    await this.look();
  }

  async signIn(userName: string, password: string): Promise<void> {
    await this.api.POST("/v1/app:signIn", { body: { userName, password } });
    await this.look();
  }

  async lock(): Promise<void> {
    await this.api.POST("/v1/app:lock", { body: {} });
    await this.look();
  }

  async startSync(): Promise<void> {
    await this.api.POST("/v1/app/sync:start", { body: {} });
    await this.look();
  }

  /** Members become a family of their own. */
  splitFamily(body: Device["SplitFamilyRequest"]): Promise<Device["SplitFamilyResponse"]> {
    return data(this.api.POST("/v1/app:splitFamily", { body }));
  }

  today(signal: AbortSignal): Promise<Device["GetTodayResponse"]> {
    return data(this.api.GET("/v1/app/today", { params: { query: { date: today() } }, signal }));
  }

  areas(signal: AbortSignal): Promise<Device["ListAreasResponse"]> {
    return data(this.api.GET("/v1/app/areas", { signal }));
  }

  outbox(signal: AbortSignal): Promise<Device["ListOutboxResponse"]> {
    return data(this.api.GET("/v1/app/outbox", { signal }));
  }
}

/** The one app of this page. */
export const app = new FieldApp();

// The device's clock may be wrong, and the program knows by how much.
tellToday(() => app.status.today);
