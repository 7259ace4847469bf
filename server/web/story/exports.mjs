// Files to take away: figures, families with a reason, the report on one A4, and
// tokens for feeds; and 200 hostile texts that stay text on the way.
import { readFileSync } from "node:fs";
import { agree, ask, choose, look, lookPrinted, must, open, settings, signIn, visit, withBrowser } from "./browser.mjs";

await withBrowser(async (browser) => {
  const hostile = await ask("hostile", { device: "surveyor1", place: "001/002" });
  await ask("sync", { device: "surveyor1" });
  await hostileTextsStayText(browser, hostile);
  for (const size of settings.looks) {
    const visitor = await visit(browser, size);
    visitor.page.on("dialog", () => visitor.wrong.push("a text was run"));
    await signIn(visitor, "supervisor");
    await figures(visitor);
    await families(visitor, hostile);
    await report(visitor);
    await feeds(visitor);
    await visitor.context.close();
    await headsListIsMasked(browser, size);
  }
});

/** Takes a file by a section's button and gives its name and content. */
async function takeFrom(page, section) {
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: `Unduh: ${section}` }).click();
  const download = await coming;
  await page.getByText(/^Selesai: [\d.]+ baris/).waitFor();
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

async function figures(visitor) {
  const { page } = visitor;
  await choose(visitor, "Ekspor");
  await page.getByRole("heading", { name: "Angka wilayah" }).waitFor();
  await page.getByText(/Sekarang: Puskesmas Cileunyi \(contoh\)\.$/).waitFor();
  const area = page.getByLabel("Kode wilayah (boleh kosong)");
  await area.fill("32.04.05.2001");
  await page.getByText(/Sekarang: Cileunyi Kulon\.$/).waitFor();
  await area.fill("");
  const book = await takeFrom(page, "Angka wilayah");
  must(book.name.endsWith(".xlsx") && book.bytes.subarray(0, 2).toString() === "PK", `a workbook came: ${book.name}`);
  await page.getByRole("rowheader", { name: book.name }).first().waitFor(); // of one minute there may be two
  await look(visitor, "ekspor");
}

async function families(visitor, hostile) {
  const { page } = visitor;
  await page.getByRole("button", { name: "Unduh: Data keluarga" }).click();
  await page.getByText("Tulislah alasan sedikitnya 10 huruf.").waitFor();
  await page.getByLabel("Alasan (wajib, tanpa data pribadi)").fill("Surat 443/12 pemutakhiran data");
  const section = page.locator("section", { has: page.getByRole("heading", { name: "Data keluarga" }) });
  await section.getByLabel("Bentuk berkas").selectOption({ label: "CSV" });
  await page.reload(); // what was typed is gone, and no file was taken
  await page.getByRole("heading", { name: "Data keluarga" }).waitFor();
  await page.getByLabel("Alasan (wajib, tanpa data pribadi)").fill("Surat 443/12 pemutakhiran data");
  await section.getByLabel("Bentuk berkas").selectOption({ label: "CSV" });
  const list = await takeFrom(page, "Data keluarga");
  const lines = list.bytes.toString("utf8");
  must(lines.startsWith("keluarga,"), `the list has its header: ${lines.slice(0, 40)}`);
  must(hostile.flatMap((one) => one.names).length >= 200 && !/(^|,)[=+@-][^,]*(HYPERLINK|cmd)/m.test(lines), "no cell of the list begins as a formula");
  await look(visitor, "ekspor-keluarga");
}

/** A head reads the list with the middle of the numbers hidden. */
async function headsListIsMasked(browser, size) {
  const visitor = await visit(browser, size);
  const { page } = visitor;
  await signIn(visitor, "kepala");
  await choose(visitor, "Ekspor");
  await page.getByLabel("Alasan (wajib, tanpa data pribadi)").fill("Pemeriksaan Kepala Puskesmas");
  await page.locator("section", { has: page.getByRole("heading", { name: "Data keluarga" }) }).getByLabel("Bentuk berkas").selectOption({ label: "CSV" });
  const list = await takeFrom(page, "Data keluarga");
  must(/,\d{6}•{8}\d{2},/.test(list.bytes.toString("utf8")), "numbers of family cards are masked");
  await visitor.context.close();
}

async function report(visitor) {
  const { page } = visitor;
  await choose(visitor, "Laporan");
  await page.getByRole("heading", { name: "Cakupan 12 indikator" }).waitFor();
  await page.getByRole("heading", { name: "Kemajuan Pembina Keluarga" }).waitFor();
  await look(visitor, "laporan");
  await lookPrinted(visitor, "laporan-cetak");
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  const pages = pdf.match(/\/Type\s*\/Page[^s]/g)?.length;
  must(pages === 1, `the report prints on one page, not ${pages}`);
  must(/\/MediaBox\s*\[\s*0 0 59[45][.\d]* 84[12][.\d]*\s*\]/.test(pdf), "the page is an A4");
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "Unduh Excel" }).click();
  const book = await coming;
  must(book.suggestedFilename().startsWith("laporan-"), book.suggestedFilename());
}

async function feeds(visitor) {
  const { page } = visitor;
  await choose(visitor, "Umpan data");
  await page.getByLabel("Untuk apa (tanpa data pribadi)").fill("Excel kantor");
  await page.getByRole("button", { name: "Buat token" }).click();
  const secret = await page.getByText(/^ksf_/).textContent();
  const address = await page.getByText(/\/v1\/feeds\/figures\?puskesmasCode=/).first().textContent();
  await look(visitor, "umpan-data");
  // As Excel does: first without, then with the password.
  const asks = await page.context().request.get(address);
  must(asks.status() === 401 && asks.headers()["www-authenticate"].startsWith("Basic"), `${asks.status()} asks for a password`);
  const basic = { Authorization: `Basic ${Buffer.from(`excel:${secret}`).toString("base64")}` };
  const table = await page.context().request.get(address, { headers: basic });
  must((await table.text()).startsWith("wilayah,nama,dasar"), `the feed is a table: ${table.status()}`);
  await page.getByRole("button", { name: "Cabut token Excel kantor" }).first().click();
  await agree(page);
  await page.getByText("Token dicabut.").waitFor();
  must((await page.context().request.get(address, { headers: basic })).status() === 401, "a revoked token opens nothing");
}

/** Every text is shown as it is, and none is run. */
async function hostileTextsStayText(browser, hostile) {
  const [size] = settings.looks;
  const visitor = await visit(browser, size);
  const { page } = visitor;
  page.on("dialog", () => visitor.wrong.push("a text was run"));
  await signIn(visitor, "supervisor");
  await page.evaluate(() => {
    const squeezed = (text) => text.replace(/[\t\n\f\r ]+/g, " ").trim(); // as a page shows white space
    globalThis.isShown = (name) => [...document.querySelectorAll("main bdi")].some((e) => squeezed(e.textContent ?? "") === squeezed(name));
  });
  for (const { family, names } of hostile) {
    await open(visitor, `/keluarga/${family}`);
    const all = page.waitForFunction((wanted) => wanted.every((name) => globalThis.isShown(name)), names);
    await all.catch(async () => {
      const unseen = await page.evaluate((wanted) => wanted.filter((name) => !globalThis.isShown(name)), names);
      must(false, `shown as they are: ${JSON.stringify(unseen)}`);
    });
  }
  const run = await page.evaluate(() => globalThis.hostileWasRun === true || document.querySelector("main script, main iframe, main img, main object") !== null);
  must(!run && visitor.wrong.length === 0, `nothing was run: ${visitor.wrong.join("; ")}`);
  await look(visitor, "keluarga-naskah-asing");
  await visitor.context.close();
}
