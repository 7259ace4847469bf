// Every role opens what its menu offers; every page is looked at.
import { ask, look, must, open, settings, signIn, visit, withBrowser } from "./browser.mjs";

const offices = ["pusat", "dinkes.jabar", "dinkes.bandung"];

await withBrowser(async (browser) => {
  await ask("collect", { device: "surveyor1", families: 12, place: "001/002", seed: 1 });
  await ask("sync", { device: "surveyor1" });
  for (const size of settings.looks) {
    const guest = await visit(browser, size);
    await guest.page.goto(settings.base);
    await guest.page.getByRole("button", { name: "Masuk" }).waitFor();
    await look(guest, "masuk");
    await guest.page.getByRole("link", { name: "Aktifkan akun" }).click();
    await guest.page.getByRole("button", { name: "Aktifkan" }).waitFor();
    await look(guest, "aktivasi");
    await open(guest, "/api");
    await guest.page.getByText("GET /v1/areas/{area}/index", { exact: true }).click();
    await guest.page.getByText("The figures of one area.").first().waitFor();
    await look(guest, "api");
    await guest.context.close();

    for (const user of [...offices, "supervisor"]) {
      const visitor = await visit(browser, size);
      await signIn(visitor, user);
      await visitor.page.getByRole("heading", { name: "Wilayah di bawahnya" }).waitFor();
      await look(visitor, `dasbor-${user}`);
      await visitor.context.close();
    }
    await drillDown(browser, size);
  }
});

/** The nation down to an RT, then back by the address alone after a reload. */
async function drillDown(browser, size) {
  const visitor = await visit(browser, size);
  const { page } = visitor;
  await signIn(visitor, "pusat");
  for (const name of ["JAWA BARAT", "BANDUNG", "CILEUNYI", "Cileunyi Kulon", "RT 002/RW 001"]) {
    const row = page.getByRole("table").getByRole("link", { name: new RegExp(`^(KABUPATEN |KAB\\. )?${name}$`, "i") });
    await row.first().click();
    await page.getByRole("heading", { level: 1, name: new RegExp(name, "i") }).waitFor();
  }
  await look(visitor, "dasbor-rt");
  await page.reload();
  await page.getByRole("heading", { level: 1, name: /RT 002/ }).waitFor();
  const stored = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]));
  must(!/refresh|eyJ/.test(stored), `no token is in storage: ${stored}`);
  await open(visitor, "/dasbor/wilayah/99.99");
  await page.getByText("Data tidak ditemukan").first().waitFor();
  visitor.wrong.length = 0; // the browser reports the 404 that was asked for
  await visitor.context.close();
}
