// A clerk types in paper forms on line, by keyboard alone; what is wrong is
// refused where it is typed, what another changes meanwhile is told, what was typed
// is not lost by a way back; the family
// is on the dashboard, and collector and typist stand apart in its history. A
// blank form prints on as many pages as it has sheets.
import { answerLoss, choose, fillPlace, focusedName, look, lookPrinted, must, open, refuseReload, settings, signIn, until, visit, withBrowser } from "./browser.mjs";

/** Heads of the families, one a look. */
const heads = ["Wahyu Hidayat", "Gilang Pratama", "Bagus Santoso", "Fajar Lesmana"];
/** People are born so many years ago, for what is asked of them depends on their age. */
const thisYear = new Date().getFullYear();
/** Texts end with Enter, choices are the codes on paper; what is not named is skipped, or "2", Tidak. */
const people = [
  { answers: { "IV.3": "1", "IV.4": "31011980\n", "IV.6": "1", "IV.7": "1", "V.1": "1", "V.3": "1", "V.4": "1", "V.8": "1", "V.9": "1", "V.11": "1" } },
  { name: "Rina Marlina", answers: { "IV.2": "Rina Marlina\n", "IV.3": "2", "IV.4": `15/6/${thisYear - 41}\n`, "IV.6": "2", "IV.7": "1", "V.1": "1", "V.3": "1", "V.4": "1", "V.11": "1" } },
  { name: "Tia", answers: { "IV.2": "Tia\n", "IV.3": "3", "IV.4": `0109${thisYear - 11}\n`, "IV.6": "2", "IV.7": "2", "V.1": "1" } },
];
const optional = new Set(["IV.9", "IV.10", "IV.11"]);
const wrongNik = "3204053101800";
const nik = "3204053101800001";
const yesterday = new Date(Date.now() - 86_400_000);
const surveyed = new Intl.DateTimeFormat("id-ID", { timeZone: "Asia/Jakarta", day: "2-digit", month: "2-digit", year: "numeric" }).format(yesterday).replaceAll("/", "");

let keys = 0;

await withBrowser(async (browser) => {
  for (const [n, size] of settings.looks.entries()) {
    const name = heads[n];
    const head = await visit(browser, size);
    await signIn(head, "kepala");
    await head.page.getByRole("region", { name: "Status pengumpulan" }).waitFor();
    const before = await surveyedOn(head);
    const clerk = await visit(browser, size);
    await signIn(clerk, "supervisor");
    await typeAFamily(clerk, name);
    await lateSaves(browser, clerk);
    await submitAndFollow(clerk, head, before, name);
    await printBlank(clerk);
    await surveyorTypes(browser, size);
    for (const visitor of [head, clerk]) await visitor.context.close();
  }
});

async function typeAFamily(clerk, head) {
  const { page } = clerk;
  await choose(clerk, "Entri formulir");
  await page.getByRole("searchbox").fill(head);
  await page.getByText("Tidak ada.").first().waitFor();
  await look(clerk, "entri");
  await page.getByRole("button", { name: "Formulir baru" }).click();
  await fillPlace(page, "7/3");
  await page.getByLabel("Nomor bangunan").fill("12");
  await page.getByLabel("Nama Kepala Keluarga").fill(head);
  await page.getByLabel("Pengumpul data").fill("Siti Aminah");
  await page.getByLabel("Tanggal kunjungan").fill("31022020");
  await page.getByLabel("Tanggal kunjungan").blur();
  await page.getByText("Bukan tanggal.").waitFor();
  await page.getByLabel("Tanggal kunjungan").fill(surveyed);
  await page.getByText("RT 007/RW 003").waitFor();
  await look(clerk, "entri-baru");
  await staysTyped(page, head);
  const nkk = page.getByLabel("Nomor Kartu Keluarga");
  await nkk.fill("123");
  await page.getByRole("button", { name: "Ketik pendataan" }).click();
  await until(async () => (await nkk.evaluate((e) => e.validationMessage)) === "Isi 16 angka.", "a number too short says how long it is");
  await nkk.fill("");
  await page.getByRole("button", { name: "Ketik pendataan" }).click();
  await page.getByRole("heading", { name: "Rumah tangga" }).waitFor();

  keys = 0;
  await typeOn(page, { "I.6": "8\n4\n", "I.9": "Jl. Mawar 3\n" }, "II.3"); // RT first, as on paper
  await page.getByText("RT 008/RW 004").waitFor();
  await type(page, "111122"); // all at once: what is typed ahead waits for its question
  await page.waitForFunction(() => document.activeElement?.closest(".question")?.querySelector(".number")?.textContent === "III.1");
  await typeOn(page, {});
  await page.getByRole("navigation", { name: "Anggota keluarga" }).getByRole("button", { name: head }).click();
  await typeOn(page, {}, "IV.2a");
  await type(page, `${wrongNik}\n`);
  await page.locator("[data-refused]").waitFor();
  clerk.wrong.length = 0; // the browser reports the refusal that was asked for
  await until(async () => (await focused(page)) === "IV.2a", "a refused answer keeps the focus");
  await look(clerk, "entri-ditolak");
  for (let n = 0; n < wrongNik.length; n++) await press(page, "Backspace");
  await type(page, `${nik}\n`);
  for (const [n, person] of people.entries()) {
    if (n > 0) await press(page, "Enter"); // the next member
    if (n > 0) await page.locator('nav button[aria-current="step"]', { hasText: `Anggota ${n + 1}` }).waitFor();
    await typeOn(page, person.answers);
    await page.getByRole("heading", { level: 2, name: person.name ?? head }).waitFor();
  }
  await look(clerk, "entri-anggota");
  await press(page, "Tab");
  await press(page, "Enter"); // the result
  await page.getByRole("heading", { name: /Hasil keluarga/ }).waitFor();
  console.log(`a family of three typed in with ${keys} key presses`);
  await page.getByText("Dikumpulkan Siti Aminah").waitFor();
  await page.getByText(/\d,\d{3}/).first().waitFor();
  await look(clerk, "entri-hasil");
}

/** What was typed of a new form is there after a way back, and who would lose it by a reload is asked. */
async function staysTyped(page, head) {
  await page.goBack();
  await page.getByRole("searchbox").waitFor();
  await page.goForward();
  await page.getByLabel("Nama Kepala Keluarga").waitFor();
  await until(async () => (await page.getByLabel("Nama Kepala Keluarga").inputValue()) === head, "the head is still typed");
  await until(async () => (await page.getByLabel("Nomor bangunan").inputValue()) === "12", "the building is still typed");
  await refuseReload(page);
}

/** A surveyor types a paper form of an assigned village. */
async function surveyorTypes(browser, size) {
  const surveyor = await visit(browser, size);
  const { page } = surveyor;
  await signIn(surveyor, "surveyor1");
  must((await page.getByRole("link", { name: "Puskesmas saya" }).count()) === 0, "no link leads a surveyor back to the same village");
  await choose(surveyor, "Entri formulir");
  await page.getByRole("button", { name: "Formulir baru" }).click();
  await page.getByLabel("RW", { exact: true }).waitFor(); // the search behind has a list of villages, too
  const villages = page.getByRole("combobox", { name: "Desa" });
  const names = () => villages.locator("option").allInnerTexts();
  const named = (all) => all.length > 0 && all.every((name) => /^[A-Z][a-z]/.test(name));
  await until(async () => named(await names()), "the assigned villages are there by name", names);
  await fillPlace(page, "8/3");
  await page.getByLabel("Nama Kepala Keluarga").fill("Yusuf Maulana");
  await page.getByLabel("Pengumpul data").fill("Surveyor Satu");
  await page.getByLabel("Tanggal kunjungan").fill(surveyed);
  await page.getByLabel("Tanggal kunjungan").blur();
  await look(surveyor, "entri-pembina");
  await page.getByRole("button", { name: "Ketik pendataan" }).click();
  await page.getByRole("heading", { name: "Rumah tangga" }).waitFor();
  await surveyor.context.close();
}

/** Two clerks have one family open. */
async function lateSaves(browser, clerk) {
  const other = await visit(browser, clerk.look);
  await signIn(other, "supervisor");
  const path = new URL(clerk.page.url()).hash.slice(1);
  for (const visitor of [clerk, other]) {
    await open(visitor, path);
    await visitor.page.getByRole("button", { name: "Lanjutkan mengetik" }).click();
    await visitor.page.getByRole("textbox", { name: "Alamat rumah" }).waitFor();
  }
  const address = (visitor) => visitor.page.getByRole("textbox", { name: "Alamat rumah" });
  await address(other).fill("Jl. Melati 1");
  await address(other).blur();
  await saved(other.page);
  await clerk.page.getByRole("textbox", { name: "Nomor urut bangunan" }).fill("14");
  await clerk.page.getByRole("textbox", { name: "Nomor urut bangunan" }).blur();
  await clerk.page.waitForFunction(() => document.querySelector("textarea")?.value === "Jl. Melati 1");
  await saved(clerk.page); // theirs is shown before ours is tried again
  must((await clerk.page.locator("[data-refused]").count()) === 0, "an answer to what nobody touched is saved");
  await address(other).fill("Jl. Melati 2");
  await address(other).blur();
  await saved(other.page);
  clerk.wrong.length = 0; // the browser reports the conflict that was asked for
  await address(clerk).fill("Jl. Kenanga 9");
  await address(clerk).blur();
  await clerk.page.getByText("Orang lain baru saja mengisi pertanyaan ini").waitFor();
  await until(async () => (await address(clerk).inputValue()) === "Jl. Melati 2", "the other's answer is shown");
  clerk.wrong.length = 0;
  await look(clerk, "entri-terlambat");
  await other.context.close();
}

async function submitAndFollow(clerk, head, before, name) {
  const { page } = clerk;
  await choose(clerk, "Entri formulir");
  await answerLoss(page, true); // of the answer that was late
  await page.getByLabel("Catatan untuk supervisor").fill("Diketik dari tumpukan 1");
  await open(clerk, "/bantuan");
  await page.getByRole("heading", { level: 1, name: "Bantuan" }).waitFor();
  await page.goBack();
  const note = page.getByLabel("Catatan untuk supervisor");
  await until(async () => (await note.inputValue()) === "Diketik dari tumpukan 1", "the note of a submission is kept with its stack");
  await page.getByRole("button", { name: "Ajukan 1 keluarga yang lengkap" }).click();
  await page.getByText("1 keluarga diajukan untuk ditinjau").waitFor();
  await page.getByRole("link", { name: new RegExp(`${name}.*RT 008/RW 004, Cileunyi Kulon`) }).last().waitFor();
  await look(clerk, "entri-diajukan");
  await until(async () => (await surveyedOn(head)) === before + 1, "the family is on the dashboard");
  await page.getByRole("link", { name: new RegExp(name) }).last().click();
  await until(async () => (await focusedName(page)) === name, "a family's form begins with its heading");
  await page.getByRole("button", { name: "Ketik pendataan baru" }).click();
  await until(async () => (await focusedName(page)) !== "", "the focus goes along to a new round");
  await page.getByRole("button", { name: "Batal" }).click();
  await until(async () => (await focusedName(page)) === "Formulir berikutnya", "and comes back");
  await page.getByRole("link", { name: "Buka data dan riwayat" }).click();
  await page.getByText("Riwayat", { exact: true }).click();
  await page.getByText(/Diketik oleh: Supervisor Contoh/).first().waitFor();
  const more = page.getByRole("button", { name: "Muat lebih banyak" });
  if (await more.count()) await more.click(); // the oldest come last
  await page.getByText("I.6 RT/RW: RT 008/RW 004").first().waitFor();
  await page.getByText(/Nama pengumpul data: Siti Aminah/).first().waitFor();
  await look(clerk, "entri-riwayat");
}

/** A sheet for the household, and one for each of five members. */
async function printBlank(clerk) {
  const { page } = clerk;
  await open(clerk, "/formulir");
  await page.getByRole("heading", { name: "Formulir Prokesga kosong" }).waitFor();
  await page.getByText("Lembar anggota keluarga 5").waitFor();
  await look(clerk, "formulir-kosong");
  await lookPrinted(clerk, "formulir-cetak");
  const own = page.viewportSize();
  await page.setViewportSize({ width: 1280, height: 900 }); // on a phone's screen a sheet takes the width that there is
  const over = await page.locator(".sheet").evaluateAll((list) => list.filter((s) => s.scrollHeight > s.clientHeight + 1).map((s) => `${s.getAttribute("aria-label")}: ${s.scrollHeight} of ${s.clientHeight}`));
  must(over.length === 0, `every sheet fits its page: ${over}`);
  await page.setViewportSize(own);
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  const pages = pdf.match(/\/Type\s*\/Page\b/g)?.length;
  must(pages === 6, `a blank form of five members has 6 pages, not ${pages}`);
  must(/\/MediaBox\s*\[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/.test(pdf), "the pages are A4");
}

/** How many families the dashboard counts as surveyed. */
async function surveyedOn({ page }) {
  const text = await page.getByRole("region", { name: "Status pengumpulan" }).locator("div", { hasText: /^Terdata/ }).locator("dd").innerText();
  return Number(text.split(/\s/)[0].replaceAll(".", "")) || 0;
}

async function saved(page) {
  await page.getByText("Tersimpan di server").waitFor();
}

/** Number of the question that has the focus; "" none. */
function focused(page) {
  return page.evaluate(() => document.activeElement?.closest(".question")?.querySelector(".number")?.textContent ?? "");
}

async function press(page, key) {
  keys += 1;
  await page.keyboard.press(key);
}

async function type(page, text) {
  for (const c of text) await press(page, c === "\n" ? "Enter" : c);
}

/** Answers from the question that has the focus, to the end or up to one. */
async function typeOn(page, answers, until = "") {
  for (let n = 0; n < 80; n++) {
    await page.waitForFunction(() => document.activeElement?.closest(".question, [data-next]"));
    const number = await focused(page);
    if (number === "" || number === until) return;
    const input = await page.evaluate(() => document.activeElement?.getAttribute("type") ?? document.activeElement?.localName);
    const name = await page.evaluate(() => document.activeElement?.closest(".question")?.dataset.question);
    await type(page, input === "select" ? "\n" : (answers[number] ?? (input === "radio" && !optional.has(number) ? "2" : "\n")));
    await page.waitForFunction((was) => document.activeElement?.matches("[data-next]") || (document.activeElement?.closest(".question")?.dataset.question ?? was) !== was, name);
  }
  throw new Error("the questions do not end");
}
