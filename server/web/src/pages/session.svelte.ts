import { areaParameter } from "../shared/api/area";
import type { Schema } from "../shared/api/client";
import { asProblem, problemOf } from "../shared/api/problem";
import { ask } from "../shared/components/ask";
import { clearKept, keepsUnsaved } from "../shared/kept";
import { text } from "../shared/text";

/** What is left of an access token's life when it is renewed, in milliseconds. */
const renewAhead = 60_000;

/**
 * Set in this browser while it has a session, so that a visitor without one need
 * not wait for the server to say so.
 */
const sessionMark = "ks-session";

/** Who does nothing for so long is signed out: offices share computers. */
const idleLimit = 30 * 60_000;

/** What windows of one browser tell each other: they share the session's cookie. */
type Told =
  | { what: "out" }
  /** Who goes on with the cookie from now on. */
  | { what: "in"; userName: string }
  /** Somebody was at work, at a time in milliseconds since 1970. */
  | { what: "deed"; atMs: number };

interface Grant {
  accessToken: string;
  accessExpiresAtMs: string;
  self: Schema["GetSelfResponse"];
}

/**
 * Session is who is signed in. The access token is in this memory alone, the
 * refresh token in a cookie that no script sees.
 */
class Session {
  /** "asleep": the session ended while somebody works; the page waits, hidden, until they have signed in again. */
  state = $state<"starting" | "out" | "in" | "asleep">("starting");
  account = $state.raw<Schema["Account"]>({});
  rights = $state.raw<ReadonlySet<Schema["Right"]>>(new Set());
  /** What to tell on the sign-in page; "" nothing. */
  farewell = $state("");

  #token = "";
  #lastToken = "";
  #renewAt = 0;
  #renewing: Promise<Grant | undefined> | undefined;
  #lastDeed = Date.now();
  /** The last deed that other windows know of. */
  #toldDeed = 0;
  readonly #windows = new BroadcastChannel(sessionMark);
  /** Calls that wait for the session to go on. */
  #waiting: (() => void)[] = [];

  /** Goes on with the browser's session, where there is one. */
  async start(): Promise<void> {
    for (const deed of ["pointerdown", "keydown", "wheel"]) addEventListener(deed, () => (this.#lastDeed = Date.now()), { passive: true });
    setInterval(() => this.#watchIdle(), 60_000);
    this.#windows.onmessage = ({ data }: MessageEvent<Told>) => this.#hear(data);
    if (!localStorage.getItem(sessionMark)) {
      this.state = "out";
      return;
    }
    try {
      this.#enter(await this.#renew());
    } catch (thrown) {
      const problem = asProblem(thrown);
      this.farewell = problem.status === 401 ? text.session.ended : problem.message;
      this.state = "out";
    }
  }

  /** Signs in, or throws a Problem. */
  async signIn(userName: string, password: string): Promise<void> {
    const grant = this.#take(await this.#post("sign-in", { userName, password }));
    this.farewell = "";
    this.#enter(grant);
  }

  /** Signs in again, as the same account, to go on where the session ended. Throws a Problem. */
  async wake(password: string): Promise<void> {
    const grant = this.#take(await this.#post("sign-in", { userName: this.account.userName ?? "", password }));
    if (grant) this.#own(grant);
    this.#begin();
    this.#goOn();
  }

  /** Signs out; where something would be lost, who agrees. */
  async askOut(): Promise<void> {
    if (!keepsUnsaved() || (await ask(text.session.signOutLoses, text.session.signOut))) await this.signOut();
  }

  /** Signs out here and on the server. */
  async signOut(farewell = ""): Promise<void> {
    localStorage.removeItem(sessionMark);
    const token = this.#lastToken;
    this.#leave(farewell);
    this.#tell({ what: "out" });
    await this.#post("sign-out", {}, token).catch(() => undefined);
  }

  /** The token for a call, renewed when it is about to end. */
  async token(): Promise<string | undefined> {
    if (this.state === "asleep") await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#token && Date.now() > this.#renewAt) await this.#renew();
    return this.#token || undefined;
  }

  /** The server refused the token of a call. */
  refused(): void {
    if (this.state !== "in") return;
    this.#token = "";
    this.state = "asleep";
  }

  /** A call was refused: what the account may do may have changed since the page knows it. */
  async lookAgain(): Promise<void> {
    if (this.state === "in") await this.#renew().catch(() => undefined); // known by what it did to the session
  }

  may(right: Schema["Right"] | undefined): boolean {
    return right === undefined || this.rights.has(right);
  }

  /** Whether the account sees the assigned villages alone, not the whole Puskesmas. */
  get onlySurveys(): boolean {
    return this.account.roles?.every((role) => role === "ROLE_SURVEYOR") ?? false;
  }

  /** Address of the dashboard of the own area. */
  get home(): string {
    return this.homeOf("dasbor");
  }

  /** Address of a page about the own area; a surveyor's is the first village. */
  homeOf(view: string): string {
    const { puskesmasCode, area, assignedAreas } = this.account;
    if (this.onlySurveys) {
      const village = assignedAreas?.[0]?.split("/")[0];
      return village ? `/${view}/wilayah/${village}` : "/kata-sandi";
    }
    return puskesmasCode ? `/${view}/puskesmas/${puskesmasCode}` : `/${view}/wilayah/${areaParameter(area ?? "")}`;
  }

  #enter(grant: Grant | undefined): void {
    if (!grant) {
      this.state = "out";
      return;
    }
    this.#own(grant);
    this.#begin();
  }

  /** What the account is now; rights change while a page is open. What did not change stays the same object. */
  #own({ self }: Grant): void {
    const account = self.account ?? {};
    const rights = self.rights ?? [];
    if (JSON.stringify(account) !== JSON.stringify(this.account)) this.account = account;
    if (rights.length !== this.rights.size || rights.some((right) => !this.rights.has(right))) this.rights = new Set(rights);
  }

  #begin(): void {
    this.#lastDeed = Date.now();
    this.state = "in";
    this.#tell({ what: "in", userName: this.account.userName ?? "" });
  }

  #tell(told: Told): void {
    this.#windows.postMessage(told);
  }

  /** Another window: who leaves there, or comes in as somebody else, leaves nothing on this screen. */
  #hear(told: Told): void {
    if (told.what === "deed") {
      this.#lastDeed = Math.max(this.#lastDeed, told.atMs);
      this.#toldDeed = Math.max(this.#toldDeed, told.atMs);
    } else if (this.state !== "in" && this.state !== "asleep") return;
    else if (told.what === "out") this.#leave(text.session.leftElsewhere);
    else if (told.userName !== this.account.userName) this.#leave(text.session.otherAccount);
  }

  #leave(farewell: string): void {
    this.#token = this.#lastToken = "";
    this.account = {};
    this.rights = new Set();
    this.farewell = farewell;
    clearKept();
    this.state = "out";
    this.#goOn();
  }

  #goOn(): void {
    for (const go of this.#waiting.splice(0)) go();
  }

  /** All who ask at one time share one renewal. */
  #renew(): Promise<Grant | undefined> {
    this.#renewing ??= this.#post("refresh", {})
      .then((grant) => {
        const now = this.#take(grant)?.self.account?.userName;
        // The cookie is another account's, which a sleeping window was not told.
        if (this.account.userName && now && now !== this.account.userName) this.#leave(text.session.otherAccount);
        else if (this.state === "in" && grant) this.#own(grant);
        return grant;
      })
      .catch((thrown) => {
        if (asProblem(thrown).status === 401) this.refused();
        throw thrown;
      })
      .finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  #take(grant: Grant | undefined): Grant | undefined {
    this.#token = grant?.accessToken ?? "";
    if (this.#token) this.#lastToken = this.#token;
    if (this.#token) localStorage.setItem(sessionMark, "1");
    else localStorage.removeItem(sessionMark);
    const lives = Number(grant?.accessExpiresAtMs ?? 0) - Date.now();
    // A computer whose clock is wrong renews by the lifetime that it can trust.
    this.#renewAt = Date.now() + Math.min(Math.max(lives, 2 * renewAhead), 14 * 60_000) - renewAhead;
    return grant;
  }

  /** Whoever works in one window is not idle in the others. */
  #watchIdle(): void {
    if (this.#lastDeed > this.#toldDeed) this.#tell({ what: "deed", atMs: this.#lastDeed });
    this.#toldDeed = this.#lastDeed;
    if ((this.state === "in" || this.state === "asleep") && Date.now() - this.#lastDeed > idleLimit) void this.signOut(text.session.idle);
  }

  /**
   * One of the session calls; undefined: the browser has no session. It shows the last token, though it be over:
   * the server then takes the page for no stranger where one floods it from the same address.
   */
  async #post(call: string, body: object, token = this.#lastToken): Promise<Grant | undefined> {
    const response = await fetch(`/session/${call}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
    if (response.status === 204) return undefined;
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw problemOf(answer, response.status);
    return answer as Grant;
  }
}

/** The one session of this page. */
export const session = new Session();
