import createClient from "openapi-fetch";
import { data, makeApi } from "../shared/api/client";
import { asProblem, problemOf } from "../shared/api/problem";
import { tellToday, today } from "../shared/form/dates";
import { Forms } from "../shared/form/forms";
import { withdraw } from "../shared/components/ask";
import { clearKept } from "../shared/kept";
import type { components, paths } from "./device";

/** Messages of the device's own contract by name. */
export type Device = components["schemas"];

/** How often the status is asked for, in milliseconds; faster while syncing. */
const calm = 3000;
const lively = 400;

/** How often the program is told that somebody is at work, at most, in milliseconds: it locks when nobody is. */
const tellEvery = 60_000;

/** What somebody at work does, also where nothing is saved yet. */
const deeds = ["pointerdown", "keydown", "input", "wheel"];

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
  /** How everything stands; while it is locked, what it said to who comes back stays. */
  status = $state.raw<Device["GetStatusResponse"]>({});
  /** "starting" until the first answer; "gone": the program does not answer. */
  state = $state<"starting" | "no-key" | "set-up" | "locked" | "in" | "gone">("starting");
  /** Whose pages are open; while it is locked they wait, out of sight, until they have signed in again. "" nobody's. */
  owner = $state("");
  /** Rises whenever somebody has signed in: forms that were shown before are to be read again. */
  sitting = $state(0);
  /** The revision of what the pages show. What somebody else changes is not read while nobody is at work: that would keep the app open. */
  revision = $state<string | undefined>(undefined);

  /** When somebody did something last, and when the program was told so. */
  #deedAt = 0;
  #toldAt = -tellEvery;
  /** Who asked for the sync under way is waiting for its end. */
  #waits = false;
  /** Windows of one browser tell each other when somebody locks or signs in. */
  readonly #windows = new BroadcastChannel("ks-app");

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
    else {
      for (const deed of deeds) addEventListener(deed, () => this.#touched(), { passive: true, capture: true });
      this.#windows.onmessage = () => void this.look();
      document.addEventListener("visibilitychange", () => void this.look()); // browsers let hidden windows ask seldom
      void this.#watch();
    }
  }

  /** Asks how everything stands. */
  async look(): Promise<void> {
    try {
      this.#hear(await data(this.api.GET("/v1/app/status")));
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.reason === "LOCKED") this.#hear({ ...this.status, userName: "" });
      else this.state = problem.status === 403 ? "no-key" : "gone";
    }
  }

  #hear(status: Device["GetStatusResponse"]): void {
    const user = status.userName ?? "";
    if (user ? user !== this.owner : status.locked === "LOCK_REASON_WIPED") clearKept();
    if (user || status.locked === "LOCK_REASON_WIPED") this.owner = user;
    if (!user && this.state === "in") withdraw(); // what was asked names people
    const { users = [], locked = "LOCK_REASON_UNSPECIFIED", sync = {} } = status;
    this.status = user || !this.owner ? status : { ...this.status, users, locked, sync };
    if (user && this.state !== "in") this.sitting += 1;
    this.state = !status.server ? "set-up" : user ? "in" : "locked";
    if (this.#waits && !sync.running) {
      this.#waits = false;
      this.#deedAt = performance.now();
    }
    this.#show();
  }

  /** Has the pages show what is new, to whoever is there. */
  #show(): void {
    if (performance.now() - this.#deedAt < tellEvery) this.revision = this.status.revision;
  }

  /** Somebody is at work. */
  #touched(): void {
    const now = performance.now();
    this.#deedAt = now;
    if (this.state !== "in") return;
    this.#show();
    if (now - this.#toldAt < tellEvery) return;
    this.#toldAt = now;
    this.api.POST("/v1/app:keepOpen", { body: {} }).catch(() => this.look());
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
    await this.#lookEverywhere();
  }

  async lock(): Promise<void> {
    await this.api.POST("/v1/app:lock", { body: {} });
    await this.#lookEverywhere();
  }

  async #lookEverywhere(): Promise<void> {
    this.#windows.postMessage("look");
    await this.look();
  }

  async startSync(): Promise<void> {
    await this.api.POST("/v1/app/sync:start", { body: {} });
    this.#waits = true;
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
