// The app locks while somebody has something typed: whoever works keeps it open, whoever
// leaves it finds it hidden, and only who typed it finds it again.
import { ask, fillPlace, look as inspect, must, settings, until, visit, withBrowser } from "./browser.mjs";

const note = "Ibu menolak suntik KB karena takut";
const begun = Date.now();
let later = 0;

/** So much time goes by on the device, and in its browser. */
async function pass(page, minutes) {
  later += minutes * 60_000;
  await ask("clock", { timeMs: begun + later });
  await page.clock.fastForward(minutes * 60_000);
  await page.waitForResponse((response) => response.url().endsWith("/v1/app/status"));
}

/** Signs in on the page that says that the app is locked. */
async function enter(page, user) {
  await page.getByLabel("Nama pengguna").fill(user);
  await page.getByLabel("Kata sandi").fill(settings.password);
  await page.getByRole("button", { name: "Masuk" }).click();
  await page.getByLabel("Kata sandi").waitFor({ state: "detached" });
}

/** All that somebody could read out of the page, with what stands in its fields. */
const readable = (page) => page.evaluate(() => document.documentElement.outerHTML + [...document.querySelectorAll("input, textarea")].map((field) => field.value).join());

async function hidden(page, typed, why) {
  await page.getByText(why).waitFor();
  await until(() => page.getByText("Isian yang belum disimpan tetap ada: masuk sebagai surveyor1").isVisible(), "who typed is told that it is kept");
  must(!(await readable(page)).includes(typed), "nothing typed is in a locked page");
}

await withBrowser(async (browser) => {
  for (const look of settings.looks) {
    const app = await ask("launch", { name: `locked-${look.width}-${look.scheme}` });
    const v = await visit(browser, look);
    await oneLook(v, app);
    if (v.wrong.some((line) => !line.startsWith("Failed to load resource"))) throw new Error(v.wrong.join("\n"));
    await v.context.close();
  }
  await ask("end");
});

/** Who is asked whether to leave, and answers by Escape, is where they were. */
async function escape(page, link) {
  await link.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await until(() => link.evaluate((at) => at === document.activeElement), "Escape gives the focus back");
}

async function oneLook(v, app) {
  const { page } = v;
  await page.clock.install();
  await page.goto(app.url);
  await page.getByLabel("Tautan penyiapan").fill(app.link);
  await page.getByRole("button", { name: "Simpan" }).click();
  await enter(page, "surveyor1");
  await page.getByRole("link", { name: /^Kirim/ }).click();
  await page.getByRole("button", { name: "Sinkronkan sekarang" }).click();
  await page.getByText("Isi perangkat sama dengan server").waitFor();
  await page.getByRole("link", { name: "Hari ini", exact: true }).click();

  await page.getByRole("link", { name: /Keluarga baru/ }).click();
  await fillPlace(page, "7/3");
  const head = page.getByLabel("Nama Kepala Keluarga");
  await head.fill("Sutiyem");
  for (let spoken = 0; spoken < 5; spoken++) {
    await pass(page, 4);
    await head.press("End");
  }
  await until(async () => (await head.inputValue()) === "Sutiyem", "an app in which somebody works stays open");

  await pass(page, 16);
  await hidden(page, "Sutiyem", "Aplikasi terkunci karena lama tidak dipakai.");
  await inspect(v, "field-locked", { failing: true }); // a call that was under way meets the lock
  await enter(page, "surveyor1");
  await until(async () => (await head.inputValue()) === "Sutiyem", "what was typed is there again");
  await until(() => head.evaluate((field) => field === document.activeElement), "and so is the cursor");
  await escape(page, page.getByRole("link", { name: "Hari ini", exact: true }));
  await until(async () => (await head.inputValue()) === "Sutiyem", "who does not leave after all has lost nothing");
  await page.getByRole("button", { name: "Mulai", exact: true }).click();
  await page.getByRole("button", { name: "Catat kunjungan" }).click();
  await page.getByLabel("Catatan").fill(note);

  const other = await v.context.newPage();
  await other.goto(app.url);
  await other.getByRole("link", { name: /^Kirim/ }).click();
  await other.getByRole("button", { name: /Kunci atau ganti pengguna/ }).click();
  await hidden(page, note, "Aplikasi telah dikunci.");
  await enter(page, "surveyor1");
  await other.getByRole("heading", { name: "Kirim" }).waitFor();
  await until(async () => (await page.getByLabel("Catatan").inputValue()) === note, "a lock in another window loses nothing in this one");
  await page.getByRole("button", { name: "Simpan" }).click();
  await page.getByText(note).waitFor();

  await page.getByRole("button", { name: "Catat kunjungan" }).click();
  await page.getByLabel("Catatan").fill(`${note} sekali`);
  await other.getByRole("button", { name: /Kunci atau ganti pengguna/ }).click();
  await hidden(page, `${note} sekali`, "Aplikasi telah dikunci.");
  await enter(other, "surveyor2");
  await page.getByLabel("Kata sandi").waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Hari ini", exact: true }).waitFor();
  must(!(await readable(page)).includes(note), "another user finds nothing of it");
  await other.getByRole("button", { name: /Kunci atau ganti pengguna/ }).click();
  await enter(page, "surveyor1");
  must(!(await readable(page)).includes(`${note} sekali`), "nor does anybody after them");

  await page.route("**/v1/app/status", (route) => route.fulfill({ status: 401, json: { details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "LOCKED" }] } }), { times: 1 });
  await until(() => page.getByLabel("Kata sandi").isVisible(), "who is wiped meanwhile is locked, not without a key");
}
