// An interview goes over midnight by the device's clock: what was begun keeps its
// day, what begins after has the next.
import { ask, fillPlace, must, settings, until, visit, withBrowser } from "./browser.mjs";

/** The next midnight in WIB that is not too near: the device has synced by then, and has no signal since, by which it would learn the true time. */
const wib = 7 * 3_600_000;
const midnight = Math.ceil((Date.now() + 600_000 + wib) / 86_400_000) * 86_400_000 - wib;
const dayOf = (time) => new Date(time + wib).toISOString().slice(0, 10);
/** A day as a date field shows it, "31/01/2026". */
const shown = (day) => day.split("-").reverse().join("/");

/** It is a time on the device, and its page has heard so. */
async function setClock(page, timeMs) {
  await ask("clock", { timeMs });
  const day = dayOf(timeMs);
  await page.waitForResponse(async (response) => response.url().endsWith("/v1/app/status") && ((await response.json()).today ?? day) === day);
}

await withBrowser(async (browser) => {
  const app = await ask("launch", { name: "midnight" });
  const { page } = await visit(browser, settings.looks[0]);
  await page.goto(app.url);
  await page.getByLabel("Tautan penyiapan").fill(app.link);
  await page.getByRole("button", { name: "Simpan" }).click();
  await page.getByLabel("Nama pengguna").fill("surveyor1");
  await page.getByLabel("Kata sandi").fill(settings.password);
  await page.getByRole("button", { name: "Masuk" }).click();
  await page.getByRole("link", { name: /^Kirim/ }).click();
  await page.getByRole("button", { name: "Sinkronkan sekarang" }).click();
  await page.getByText("Isi perangkat sama dengan server").waitFor();
  await ask("offline");

  await setClock(page, midnight - 60_000);
  await page.getByLabel("Kata sandi").fill(settings.password); // locked since, nobody has been there
  await page.getByRole("button", { name: "Masuk" }).click();
  await startFamily(page, "Malam", "1");
  await until(async () => (await page.getByLabel("Tanggal pendataan").inputValue()) === shown(dayOf(midnight - 1)), "the evening's day is offered");
  await setClock(page, midnight + 60_000);
  await page.getByRole("button", { name: /bersedia/ }).click();
  await page.getByRole("heading", { name: "Rumah tangga" }).waitFor();
  const evening = await roundDate(page);
  must(evening === dayOf(midnight - 1), `what was begun in the evening is of the evening: ${evening}`);

  await startFamily(page, "Pagi", "2");
  await until(async () => (await page.getByLabel("Tanggal pendataan").inputValue()) === shown(dayOf(midnight)), "the new day is offered");
  await page.getByRole("button", { name: /bersedia/ }).click();
  await page.getByRole("heading", { name: "Rumah tangga" }).waitFor();
  const morning = await roundDate(page);
  must(morning === dayOf(midnight), `what began after midnight is of the new day: ${morning}`);
  await ask("end");
});

async function startFamily(page, name, building) {
  await page.getByRole("link", { name: "Hari ini", exact: true }).click();
  await page.getByRole("link", { name: /Keluarga baru/ }).click();
  await fillPlace(page, "7/3");
  await page.getByLabel("Nama Kepala Keluarga").fill(name);
  await page.getByLabel("Nomor bangunan").fill(building);
  await page.getByRole("button", { name: "Mulai", exact: true }).click();
  await page.getByRole("button", { name: "Mulai pendataan" }).click();
  await page.getByText("rekam medis").waitFor();
}

/** Survey date of the family that is open. */
function roundDate(page) {
  return page.evaluate(async () => {
    const headers = { Authorization: `Bearer ${sessionStorage.getItem("kunci")}` };
    const { form } = await (await fetch(`/v1/forms/${location.hash.split("/").at(-1)}`, { headers })).json();
    return form.household.rounds.at(-1).round.surveyDate;
  });
}
