// What the story scripts share: the browser, a page that watches itself, and the
// way to ask for what happens on devices.
import { mkdirSync, existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What the test says: addresses, password, looks. */
export const settings = JSON.parse(process.env.STORY_SETTINGS ?? "{}");

/** Folder in which .ci/install lays a browser for users that are not root. */
const userChromium = join(here, "../../../.build/chromium/node_modules/@sparticuz/chromium/build/esm/index.js");

async function executable() {
  const known = [process.env.KS_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const found = known.find((path) => path && existsSync(path));
  if (found) return { executablePath: found, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] };
  const { default: packed } = await import(userChromium);
  return { executablePath: await packed.executablePath(), args: packed.args };
}

/** How long any one thing may take on a busy machine: a bound, not a claim of speed. */
export const patienceMs = 120_000;

/** Starts the browser, runs, and ends it whatever happens. */
export async function withBrowser(run) {
  const browser = await chromium.launch({ ...(await executable()), timeout: patienceMs });
  try {
    await run(browser);
  } finally {
    await browser.close();
    answers.close();
  }
}

const answers = createInterface({ input: process.stdin });
const waiting = [];
answers.on("line", (line) => waiting.shift()?.(JSON.parse(line)));

/** Asks the test for a deed on a device, and waits until it is done. */
export async function ask(deed, parameters = {}) {
  const reply = new Promise((resolve) => waiting.push(resolve));
  process.stdout.write(`@ask ${JSON.stringify({ deed, arguments: parameters })}\n`);
  const { result, error } = await reply;
  if (error) throw new Error(`${deed}: ${error}`);
  return result;
}

/** Fails with a sentence unless it holds. */
export function must(holds, claim) {
  if (!holds) throw new Error(`does not hold: ${claim}`);
}

/**
 * Waits until something holds, and fails with a sentence if it never does; what
 * `seen` gives is told beside it. What a page shows is asked for in this way, as it
 * follows by itself; `must` is for what holds at once or never.
 */
export async function until(holds, claim, seen) {
  const begun = Date.now();
  for (let held = await holds(); !held; held = await holds()) {
    if (Date.now() - begun > patienceMs) throw new Error(`does not hold: ${claim}${seen ? `: ${await seen()}` : ""}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function viewport({ width }) {
  return { width, height: width < 600 ? 740 : 900 };
}

/** A page of a new visitor. It fails on any console error. */
export async function visit(browser, look, locale = "id-ID") {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: viewport(look),
    colorScheme: look.scheme,
    locale,
    timezoneId: "Asia/Jakarta",
    hasTouch: look.width < 600,
  });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (m) => m.type() === "error" && wrong.push(m.text()));
  page.on("pageerror", (e) => wrong.push(e.message));
  return { page, context, look, wrong };
}

/** Signs in by the form. */
export async function signIn(visitor, user, password = settings.password) {
  const { page } = visitor;
  await page.goto(settings.base);
  await page.getByLabel("Nama pengguna").fill(user);
  await page.getByLabel("Kata sandi", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Masuk" }).click();
  await page.getByRole("banner").waitFor();
  await page.getByRole("heading", { level: 1 }).waitFor();
}

/** Opens a page of the app by its path. */
export async function open(visitor, path) {
  await visitor.page.evaluate((to) => (location.hash = to), path);
}

/** Opens the menu where it is folded. */
export async function openMenu(page) {
  const button = page.getByRole("button", { name: "Menu", exact: true, expanded: false });
  if (await button.isVisible()) await button.click();
}

/** Opens a page through the menu, as a visitor does. */
export async function choose(visitor, title) {
  const { page } = visitor;
  await openMenu(page);
  await page.getByRole("navigation", { name: "Menu" }).getByRole("link", { name: title, exact: true }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();
}

/** Answers what the page asks next, and gives the question. */
export async function agree(page, yes = true) {
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  const question = await dialog.innerText();
  await dialog.getByRole("button").nth(yes ? 1 : 0).click();
  await dialog.waitFor({ state: "detached" });
  return question;
}

/** Answers the question whether what was typed may be lost. */
export async function answerLoss(page, goes) {
  const question = page.getByRole("dialog", { name: /isian yang belum tersimpan/ });
  await question.getByRole("button", { name: goes ? "Lanjut tanpa menyimpan" : "Batal" }).click();
  await question.waitFor({ state: "detached" });
}

/** Who would lose something by a reload is asked first, and stays. */
export async function refuseReload(page) {
  const asked = page.waitForEvent("dialog");
  void page.reload().catch(() => undefined); // it is refused
  const dialog = await asked;
  must(dialog.type() === "beforeunload", `a reload asks first: ${dialog.type()}`);
  await dialog.dismiss();
  await page.getByRole("heading", { level: 1 }).waitFor();
}

/** Nothing on the page is called by an id, or by what programs call it. */
export async function namesOnly({ page }, name) {
  const shown = await page.getByRole("main").innerText();
  const id = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{13,}|\b[a-z]+_[a-z_]+\b|\bP\d{10}\b/.exec(shown)?.[0];
  must(id === undefined, `${name} names what it shows, not ${id}`);
}

/** Types where a house lies, as paper has it: "7/3" is RT 007 of RW 003. */
export async function fillPlace(page, place) {
  const [rt, rw] = place.split("/");
  await page.getByLabel("RT", { exact: true }).fill(rt);
  await page.getByLabel("RW", { exact: true }).fill(rw);
  await page.getByLabel("RW", { exact: true }).blur();
}

/** Presses the button that signs out, which asks first where something would be lost. */
export async function askToLeave(page) {
  await openMenu(page);
  await page.getByRole("button", { name: "Keluar" }).click();
}

/** Signs out, where nothing would be lost; the server is shown the token that the page had. */
export async function leave({ page }) {
  const asked = page.waitForRequest(/\/session\/sign-out$/);
  await askToLeave(page);
  must((await asked).headers().authorization?.startsWith("Bearer "), "signing out shows the page's last token");
}

/** The accessible name of what is focused; "" nothing. */
export function focusedName(page) {
  return page.evaluate(() => {
    const at = document.activeElement;
    if (!at || at === document.body) return "";
    return (at.getAttribute("aria-label") ?? at.labels?.[0]?.textContent ?? at.textContent ?? "").trim();
  });
}

/** Goes by Tab alone to what has such a name, forwards or backwards, as somebody without a mouse does. */
export async function tabTo(page, name, key = "Tab") {
  const most = 100;
  for (let n = 0; n < most; n++) {
    await page.keyboard.press(key);
    if (name.test(await focusedName(page))) return;
  }
  throw new Error(`${name} is not reached by ${most} presses of ${key}`);
}

/**
 * Looks at the page as it stands: axe finds nothing, nothing is wider than the
 * screen, the console is silent, but for refusals where a page is failing; takes
 * a picture where pictures are wanted.
 */
export async function look(visitor, name, { failing = false, printed = false } = {}) {
  const { page, wrong } = visitor;
  if (!printed) await page.getByRole("heading", { level: 1 }).first().waitFor(); // not yet there on a busy machine
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    async (options) => globalThis.axe.run(document, options),
    {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      rules: { "page-has-heading-one": { enabled: !printed } }, // a printed sheet has its own head
    },
  );
  must(
    violations.length === 0,
    `axe finds nothing on ${name}: ${violations.map((v) => `${v.id} (${v.help}): ${v.nodes.map((n) => n.html).join(" ")}`).join("; ")}`,
  );
  const over = await page.evaluate(widest);
  must(over.length === 0, `${name} fits ${visitor.look.width} px: ${over.join(", ")}`);
  const tight = await page.evaluate(tightButtons);
  must(tight.length === 0, `texts stay within their buttons on ${name}: ${tight.join(", ")}`);
  const said = failing ? wrong.filter((line) => !line.startsWith("Failed to load resource")) : wrong;
  must(said.length === 0, `the console is silent on ${name}: ${said.join("; ")}`);
  if (!settings.pictures) return;
  mkdirSync(settings.pictures, { recursive: true });
  await page.screenshot({ path: join(settings.pictures, `${name}-${visitor.look.width}-${visitor.look.scheme}.png`), fullPage: true });
}

/** An A4 at 96 dots an inch. */
export const paper = { width: 794, height: 1123 };

/** Looks at a page as paper shows it, which is white and of one width in every look. */
export async function lookPrinted(visitor, name) {
  const { page } = visitor;
  await page.setViewportSize(paper);
  await page.emulateMedia({ media: "print", colorScheme: "light" });
  await look(visitor, name, { printed: true });
  const cut = await page.evaluate(() => [...document.querySelectorAll("main table")].filter((t) => t.getBoundingClientRect().right > innerWidth).map((t) => t.textContent.trim().slice(0, 40)));
  must(cut.length === 0, `paper has all columns of ${name}: ${cut.join(", ")}`);
  await page.emulateMedia({ media: null, colorScheme: visitor.look.scheme });
  await page.setViewportSize(viewport(visitor.look));
}

/** Looks at a page in every look, for stories that can be played once only. */
export async function lookInAll(visitor, name) {
  const own = visitor.look;
  const show = async (to) => {
    visitor.look = to;
    await visitor.page.setViewportSize(viewport(to));
    await visitor.page.emulateMedia({ colorScheme: to.scheme });
  };
  for (const other of settings.looks) {
    await show(other);
    await look(visitor, name);
  }
  await show(own);
}

/** Buttons whose text reaches into their padding or past it. */
function tightButtons() {
  return [...document.querySelectorAll("button")].flatMap((button) => {
    const { paddingRight, borderRightWidth } = getComputedStyle(button);
    const room = button.getBoundingClientRect().right - parseFloat(paddingRight) - parseFloat(borderRightWidth) + 1;
    const text = document.createRange();
    text.selectNodeContents(button);
    const past = [...text.getClientRects()].some(({ right, width }) => width > 1 && right > room);
    return past ? [button.textContent.trim().slice(0, 30)] : [];
  });
}

/** Elements that reach past the page's width where nothing scrolls or cuts them. */
function widest() {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  return [...document.querySelectorAll("main *, header *")]
    .filter((e) => e.getBoundingClientRect().right > clientWidth && !e.closest(".scroll"))
    .map((e) => `<${e.localName} class="${e.getAttribute("class") ?? ""}"> ${e.textContent?.slice(0, 30)}`);
}
