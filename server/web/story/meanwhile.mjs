// Two surveyors have one family open: what a sync brings while a form is open is told, and
// where both answered the same, both answers stay.
import { ask, fillPlace, must, settings, until, visit, withBrowser } from "./browser.mjs";

await withBrowser(async (browser) => {
  const size = settings.looks[0];
  const first = await enter(browser, size, "surveyor1");
  await first.getByRole("link", { name: /Keluarga baru/ }).click();
  await fillPlace(first, "7/3");
  await first.getByLabel("Nama Kepala Keluarga").fill("Budi Santoso");
  await first.getByRole("button", { name: "Mulai", exact: true }).click();
  await first.getByRole("button", { name: "Mulai pendataan" }).click();
  await first.getByRole("button", { name: /bersedia/ }).click();
  await answer(first, "II.3", "Ya");
  await sync(first);

  const second = await enter(browser, size, "surveyor2");
  await second.getByRole("link", { name: /Budi Santoso/ }).first().click();
  await second.getByRole("button", { name: "Isi pertanyaan" }).click();
  await answer(second, "II.5", "Ya");
  await answer(second, "II.7", "Ya");
  await sync(second);

  await sync(first); // behind the form, which shows neither
  await answer(first, "II.7", "Tidak");
  const told = first.getByText("Orang lain telah mengisi keluarga ini");
  await told.waitFor();
  const text = (await told.textContent()) ?? "";
  must(text.includes("jamban") && !text.includes("gangguan jiwa"), `what came meanwhile is told: ${text}`);
  must(text.includes("supervisor akan memilih"), `that both stay is told: ${text}`);
  await first.locator(".question.answered").filter({ has: first.getByText("II.5", { exact: true }) }).waitFor();
  await until(() => question(first, "II.7").getByRole("radio", { name: "Tidak", exact: true }).isChecked(), "the own answer stays");
  await first.getByText("ada perbedaan isian").waitFor();
  await ask("end");
});

async function enter(browser, size, user) {
  const app = await ask("launch", { name: user });
  const { page } = await visit(browser, size);
  await page.goto(app.url);
  await page.getByLabel("Tautan penyiapan").fill(app.link);
  await page.getByRole("button", { name: "Simpan" }).click();
  await page.getByLabel("Nama pengguna").fill(user);
  await page.getByLabel("Kata sandi").fill(settings.password);
  await page.getByRole("button", { name: "Masuk" }).click();
  await page.getByRole("link", { name: /^Kirim/ }).waitFor();
  await sync(page);
  return page;
}

/** Syncs as the app does by itself, whatever page is open. */
async function sync(page) {
  const call = (path, method) =>
    page.evaluate(
      async ([path, method]) => {
        const headers = { Authorization: `Bearer ${sessionStorage.getItem("kunci")}`, "Content-Type": "application/json" };
        return (await fetch(path, method === "POST" ? { method, headers, body: "{}" } : { headers })).json();
      },
      [path, method],
    );
  await call("/v1/app/sync:start", "POST");
  await until(async () => {
    const state = (await call("/v1/app/status", "GET")).sync ?? {};
    return !state.running && state.endedAt !== undefined;
  }, "a sync ends");
}

function question(page, number) {
  return page.locator(".question").filter({ has: page.getByText(number, { exact: true }) });
}

async function answer(page, number, text) {
  await question(page, number).getByRole("radio", { name: text, exact: true }).check();
  await page.getByText("Tersimpan di perangkat").waitFor();
}
