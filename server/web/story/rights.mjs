// A supervisor's right ends, as an acting supervisor's does, while a batch is being
// judged: the page says so, shows nobody any more and does not blame the line; the
// menu follows, and so does the page where the right comes back.
import { ask, look, must, open, openMenu, settings, signIn, until, visit, withBrowser } from "./browser.mjs";

const barred = "Anda tidak berhak membuka halaman ini";
const head = "Wahyu Hidayat";

await withBrowser(async (browser) => {
  for (const [n, size] of settings.looks.entries()) {
    for (const key of ["", "s"]) {
      await ask("collect", { device: "surveyor1", families: 3, names: [head], place: "001/001", seed: 7 + 2 * n + key.length });
      await ask("sync", { device: "surveyor1" });
      await rightEnds(browser, size, key);
    }
  }
  await renewsSeldom(browser);
});

/** Ends the right behind an open desk; by a key a verdict is tried at once, without it the page finds out by itself. */
async function rightEnds(browser, size, key) {
  const supervisor = await visit(browser, size);
  const { page } = supervisor;
  await signIn(supervisor, "supervisor");
  await open(supervisor, "/tinjauan/semua");
  const queue = page.getByRole("listbox", { name: "Antrean" });
  await queue.getByText(head).first().waitFor();
  await queue.focus();
  await ask("role", { user: "supervisor", role: "ROLE_SURVEYOR" });
  if (key) await page.keyboard.press(key);
  let blamed = false;
  await until(async () => {
    blamed ||= await page.getByText("Sambungan terganggu").isVisible();
    return page.getByRole("heading", { name: barred }).isVisible();
  }, "the page says that the right has ended");
  must(!blamed, "nobody blames the line");
  must(!(await page.content()).includes(head), "no family is shown any more");
  await look(supervisor, "hak-berakhir", { failing: true });
  await openMenu(page);
  await until(async () => (await page.getByRole("navigation", { name: "Menu" }).getByRole("link", { name: "Tinjauan" }).count()) === 0, "the menu follows");
  await ask("role", { user: "supervisor", role: "ROLE_SUPERVISOR" });
  await until(async () => {
    const again = page.getByRole("button", { name: "Coba lagi" });
    if (await again.isVisible()) await again.click();
    return queue.isVisible();
  }, "the page comes back with the right");
  await supervisor.context.close();
}

/** What is not there says nothing of the account, and many refusals at a time renew the session once; so does what was shown and is gone. */
async function renewsSeldom(browser) {
  for (const [status, shown, renewals] of [[404, false, 0], [403, false, 1], [404, true, 1]]) {
    const supervisor = await visit(browser, settings.looks[0]);
    const { page } = supervisor;
    await signIn(supervisor, "supervisor");
    let renewed = 0;
    let refused = 0;
    page.on("request", (request) => (renewed += Number(request.url().endsWith("/session/refresh"))));
    if (shown) {
      await open(supervisor, "/tinjauan/semua");
      await page.getByRole("listbox", { name: "Antrean" }).waitFor();
    }
    await page.route("**/v1/review/queue?*", (route) => {
      refused += 1;
      return route.fulfill({ status, json: { message: "ditolak" } });
    });
    if (!shown) await open(supervisor, "/tinjauan/semua");
    for (let n = 0; n < 3; n++) {
      await until(async () => refused > n, "the queue is refused");
      await page.waitForTimeout(300); // a renewal would have begun
      await open(supervisor, n % 2 ? "/tinjauan/semua" : "/tinjauan/dikembalikan");
    }
    must(renewed === renewals, `${refused} times ${status} renew the session ${renewals} times: ${renewed}`);
    await supervisor.context.close();
  }
}
