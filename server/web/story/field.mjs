// A surveyor's day in the field app: set up, sign in once with a signal, then
// without; survey a family of five, close the page in the middle, finish, see the
// result, submit, sync over a link that breaks twice.
import { ask, fillPlace, focusedName, look, must, refuseReload, settings, until, visit, withBrowser } from "./browser.mjs";

/** People are born so many years ago, for what is asked of them depends on their age. */
const thisYear = new Date().getFullYear();

/** Answers by number of the question, of each person; what is not named is Tidak. */
const family = [
  { name: "Budi Santoso", answers: { "IV.3": "Kepala Keluarga", "IV.4": `${thisYear - 46}-01-31`, "IV.6": "Pria", "IV.7": "Kawin", "V.1": "Ya", "V.2": "Ya", "V.3": "Ya", "V.4": "Ya", "V.8": "Ya", "V.9": "Tidak", "V.11": "Ya" } },
  { name: "Sari Lestari", answers: { "IV.3": "Istri/Suami", "IV.4": `${thisYear - 41}-06-15`, "IV.6": "Wanita", "IV.7": "Kawin", "V.1": "Ya", "V.3": "Ya", "V.4": "Ya", "V.11": "Ya", "V.12": "Ya" } },
  { name: "Dewi", answers: { "IV.3": "Anak", "IV.4": `${thisYear - 13}-09-01`, "IV.6": "Wanita", "IV.7": "Belum kawin", "V.1": "Ya" } },
  { name: "Eko", answers: { "IV.3": "Anak", "IV.4": `${thisYear - 11}-03-20`, "IV.6": "Pria", "IV.7": "Belum kawin", "V.1": "Ya" } },
  { name: "Bayu", answers: { "IV.3": "Anak", "IV.4": settings.babyBorn, "IV.6": "Pria", "IV.7": "Belum kawin", "V.1": "Ya", "V.13": "Ya", "V.15": "Ya" } },
];
const household = { "II.3": "Ya", "II.4": "Ya", "II.5": "Ya", "II.6": "Ya" };

/** Values of the twelve indicators that these answers have, by the rules of the ministry. */
const values = "YYNYYNTNTYYY";

await withBrowser(async (browser) => {
  for (const size of settings.looks) await day(browser, size);
});

async function day(browser, size) {
  await ask("online");
  const app = await ask("launch", { name: `${size.width}-${size.scheme}` });
  let visitor = await visit(browser, size);
  let { page } = visitor;
  await page.goto(app.url);
  await look(visitor, "lapangan-siapkan");
  await titled(page, "Siapkan perangkat");
  await page.getByLabel("Tautan penyiapan").fill(app.link);
  await page.getByRole("button", { name: "Simpan" }).click();
  await page.getByLabel("Nama pengguna").fill("surveyor1");
  await page.getByLabel("Kata sandi").fill("salah");
  await page.getByRole("button", { name: "Masuk" }).click();
  await page.getByText("salah").first().waitFor();
  visitor.wrong.length = 0; // the browser reports the refusal that was asked for
  await look(visitor, "lapangan-masuk");
  await titled(page, "Masuk");
  await enter(page);
  await sync(page);
  await page.getByRole("button", { name: /^Kunci/ }).click();

  await ask("offline");
  await page.getByRole("button", { name: "Masuk" }).waitFor();
  await enter(page);
  await page.getByRole("link", { name: "Hari ini" }).click();
  await page.getByRole("heading", { name: "Belum didata tahun ini" }).waitFor();
  await look(visitor, "lapangan-hari-ini");
  await titled(page, "Hari ini");

  await page.getByRole("link", { name: /Keluarga baru/ }).click();
  await fillPlace(page, "7/3");
  await page.getByLabel("Nama Kepala Keluarga").fill("Budi Santoso");
  await page.getByLabel("Nomor bangunan").fill("12");
  await look(visitor, "lapangan-keluarga-baru");
  await titled(page, "Keluarga baru");
  await page.getByText("RT 007/RW 003").waitFor();
  await refuseToLeave(visitor);
  const before = await households(page, "Budi Santoso"); // of looks before this one
  await page.getByRole("button", { name: "Mulai", exact: true }).evaluate((button) => [1, 2].forEach(() => button.click())); // a double tap
  await page.getByRole("button", { name: "Mulai pendataan" }).waitFor();
  await holdsFocus(page, "Budi Santoso");
  await page.getByText("RT 007/RW 003 · Cileunyi Kulon").waitFor();
  const made = (await households(page, "Budi Santoso")) - before;
  must(made === 1, `a double tap makes one family, not ${made}`);
  await suggestsPlaces(page);
  await page.getByRole("button", { name: "Mulai pendataan" }).click();
  await page.getByText("rekam medis").waitFor();
  await holdsFocus(page, "Mulai pendataan");
  await page.getByRole("button", { name: "Keluarga menolak" }).click();
  await page.getByRole("radio", { name: "Menolak" }).and(page.locator(":checked")).waitFor();
  await page.getByRole("button", { name: "Batal" }).click();
  await page.getByRole("button", { name: "Mulai pendataan" }).click();
  await look(visitor, "lapangan-pemberitahuan");
  await page.getByRole("button", { name: /bersedia/ }).click();
  await page.getByRole("heading", { name: "Rumah tangga" }).waitFor();
  await holdsFocus(page, "Rumah tangga");
  await fill(page, household);
  await look(visitor, "lapangan-rumah-tangga");
  await asksBeforeLoss(visitor);
  for (const person of family.slice(0, 2)) await add(page, person);
  await look(visitor, "lapangan-anggota");

  // The page is closed in the middle of the interview, and opened again.
  const address = page.url();
  await visitor.context.close();
  visitor = await visit(browser, size);
  page = visitor.page;
  await page.goto(app.url);
  await page.getByRole("link", { name: "Hari ini" }).waitFor();
  await page.getByRole("link", { name: /Budi Santoso/ }).first().click();
  must(page.url() === address, `the family is at ${address}, not ${page.url()}`);
  await page.getByRole("button", { name: "Isi pertanyaan" }).click();
  for (const person of family.slice(2)) await add(page, person);
  await choosePerson(page, "Sari Lestari");
  await fill(page, family[1].answers); // asked about Bayu's birth, now that he is there
  await choosePerson(page, "Bayu");
  await page.getByRole("combobox", { name: /ibu kandung/ }).selectOption({ label: "Sari Lestari" });
  await saved(page);
  await choosePerson(page, "Sari Lestari");
  await fill(page, family[1].answers);
  await choosePerson(page, "Bayu");
  await page.getByRole("button", { name: "Lihat hasil" }).click();

  await page.getByText("0,778").first().waitFor();
  const shown = await page.locator(".indicators li").evaluateAll((list) => list.map((li) => (li.className.match(/v([YTNQ])/) ?? [])[1]).join(""));
  must(shown === values, `the twelve values are ${values}, shown ${shown}`);
  await page.getByText("Untuk: Budi Santoso").first().waitFor();
  await look(visitor, "lapangan-hasil");

  await page.getByRole("button", { name: "Catat kunjungan" }).click();
  await recordVisit(visitor);

  await page.getByRole("link", { name: "Cari" }).click();
  await page.getByLabel(/Nama, No. KK/).fill("budi");
  await page.getByRole("link", { name: /Budi Santoso/ }).first().waitFor();
  await look(visitor, "lapangan-cari");
  await page.getByRole("link", { name: "Wilayah" }).click();
  await page.getByRole("heading", { level: 1, name: "Wilayah" }).waitFor(); // what was found names the RT, too
  await page.getByText("RT 007/RW 003").waitFor();
  await look(visitor, "lapangan-wilayah");
  await page.getByRole("link", { name: "Hari ini" }).click();
  const note = page.getByLabel("Catatan untuk supervisor");
  await note.fill("Dua rumah kosong");
  await page.getByRole("link", { name: "Wilayah" }).click();
  await page.getByRole("link", { name: "Hari ini" }).click();
  await until(async () => (await note.inputValue()) === "Dua rumah kosong", "the note of a submission is kept while another page is open");
  await page.getByRole("button", { name: "Ajukan 1 keluarga" }).click();
  await page.getByText("diajukan").first().waitFor();

  await page.getByRole("link", { name: /^Kirim/ }).click();
  await page.getByRole("button", { name: "Sinkronkan sekarang" }).click();
  await page.getByText("server tidak terjangkau").waitFor();
  await look(visitor, "lapangan-tanpa-sinyal");
  await ask("break"); // the link comes back, and is cut twice in what follows
  for (let n = 0; n < 2; n++) {
    const before = await lastEnd(page);
    await page.getByRole("button", { name: "Sinkronkan sekarang" }).click();
    await until(async () => {
      const end = await lastEnd(page);
      return end !== undefined && end !== before;
    }, "a sync over a link that breaks ends");
    await page.getByRole("alert").waitFor();
  }
  await ask("online");
  await sync(page);
  await look(visitor, "lapangan-terkirim");
  const there = await ask("surveyed");
  must(there.families === there.expected, `the server has ${there.expected} families, not ${there.families}`);
  await visitor.context.close();
  await ask("end");
}

/** An answer that was refused, or is half typed, is not lost by going on. */
async function asksBeforeLoss(visitor) {
  const { page, wrong } = visitor;
  const nkk = page.getByRole("textbox", { name: "Nomor Kartu Keluarga" });
  await nkk.fill("320405");
  await nkk.blur();
  await page.getByText("Ada jawaban yang belum tersimpan").waitFor();
  wrong.length = 0; // the browser reports the refusal that was asked for
  await refuseToLeave(visitor);
  await refuseReload(page);
  await page.getByRole("button", { name: "Lihat hasil" }).click();
  await stays(visitor);
  await until(async () => (await nkk.inputValue()) === "320405", "what was refused is still there");
  await nkk.fill("");
  await nkk.blur();
  await saved(page);
  const rw = page.getByLabel("RW", { exact: true });
  await rw.fill("");
  await rw.blur();
  await page.getByText("Isi RT dan RW.").waitFor();
  await refuseToLeave(visitor);
  await rw.fill("3");
  await rw.blur();
  await page.getByText("Isi RT dan RW.").waitFor({ state: "detached" });
}

/** A visit: no appointment before today, and its texts are kept; an outcome that was wrong is put right. */
async function recordVisit(visitor) {
  const { page } = visitor;
  await holdsFocus(page, "Catat kunjungan");
  await page.getByLabel("Intervensi yang diberikan").fill("Anjuran berobat teratur");
  await page.getByLabel("Catatan").fill("Rumah di belakang masjid");
  const appointment = page.getByLabel("Janji kunjungan berikutnya");
  await appointment.fill("01012020");
  await page.getByRole("button", { name: "Simpan" }).click();
  await page.getByText("Paling awal hari ini.").waitFor();
  await until(async () => (await appointment.evaluate((input) => input.validationMessage)) === "Paling awal hari ini.", "no form is sent with an appointment before today");
  await look(visitor, "lapangan-kunjungan");
  await refuseToLeave(visitor);
  await refuseReload(page);
  await appointment.fill("");
  await page.getByRole("button", { name: "Simpan" }).click();
  await page.getByRole("heading", { name: "Kunjungan", exact: true }).waitFor();
  await holdsFocus(page, "Budi Santoso");
  await page.getByText("Catatan: Rumah di belakang masjid").waitFor();
}

/** RT and RW that are known are offered, each in its input: the RT of the RW that was typed. */
async function suggestsPlaces(page) {
  await page.getByRole("link", { name: "Hari ini", exact: true }).click();
  await page.getByRole("link", { name: /Keluarga baru/ }).click();
  const offered = (label) => page.getByLabel(label, { exact: true }).evaluate((input) => [...input.list.options].map((o) => o.value));
  await page.getByLabel("RW", { exact: true }).waitFor();
  await until(async () => (await offered("RW")).includes("003"), "the RW of a family is offered", () => offered("RW"));
  for (const [rw, expected] of [["3", "007"], ["099", ""]]) {
    await page.getByLabel("RW", { exact: true }).fill(rw);
    await until(async () => (await offered("RT")).join() === expected, `what is offered of RW ${rw}`, () => offered("RT"));
  }
  await page.getByLabel("RW", { exact: true }).fill("");
  await until(async () => (await offered("RT")).includes("007"), "without an RW all RT are offered");
  await page.goBack();
  await page.goBack();
}

/** Who would lose by a link what was typed is asked, and stays. */
async function refuseToLeave(visitor) {
  const { page } = visitor;
  const address = page.url();
  await page.getByRole("link", { name: "Hari ini", exact: true }).click();
  await stays(visitor);
  await page.waitForURL(address);
}

/** Who is asked whether to lose what was typed says no. */
async function stays(visitor) {
  const question = visitor.page.getByRole("dialog", { name: /belum tersimpan/ });
  await question.waitFor();
  await look(visitor, "lapangan-belum-tersimpan");
  await question.getByRole("button", { name: "Batal" }).click();
  await question.waitFor({ state: "detached" });
}

/** Whoever works by keys or ears is where the page has gone. */
async function holdsFocus(page, title) {
  await until(async () => (await focusedName(page)).startsWith(title), `the focus is on ${title}`);
}

/** Windows and the list of visited pages tell where one is. */
async function titled(page, title) {
  await until(async () => (await page.title()) === `${title} · Keluarga Sehat`, `the window is called ${title}`);
}

/** How many families the device has by a name. */
function households(page, name) {
  return page.evaluate(async (text) => {
    const headers = { Authorization: `Bearer ${sessionStorage.getItem("kunci")}`, "Content-Type": "application/json" };
    const answer = await fetch("/v1/forms:search", { method: "POST", headers, body: JSON.stringify({ text }) });
    return (await answer.json()).households?.length ?? 0; // none is left out
  }, name);
}

async function enter(page) {
  await page.getByLabel("Nama pengguna").fill("surveyor1");
  await page.getByLabel("Kata sandi").fill(settings.password);
  await page.getByRole("button", { name: "Masuk" }).click();
  await page.getByRole("link", { name: /^Kirim/ }).waitFor();
}

async function sync(page) {
  await page.getByRole("link", { name: /^Kirim/ }).click();
  await page.getByRole("button", { name: "Sinkronkan sekarang" }).click();
  await page.getByText("Isi perangkat sama dengan server").waitFor();
}

/** When the last sync ended, as the app says; undefined while one is under way. */
function lastEnd(page) {
  return page.evaluate(async () => {
    const answer = await fetch("/v1/app/status", { headers: { Authorization: `Bearer ${sessionStorage.getItem("kunci")}` } });
    return (await answer.json()).sync?.endedAt;
  });
}

async function choosePerson(page, name) {
  await page.getByRole("navigation", { name: "Anggota keluarga" }).getByRole("button", { name: new RegExp(name) }).click();
  await page.getByRole("heading", { level: 2, name: new RegExp(name) }).waitFor();
}

async function add(page, person) {
  const people = page.getByRole("navigation", { name: "Anggota keluarga" }).getByRole("button");
  const before = await people.count();
  await page.getByRole("button", { name: /Tambah anggota/ }).click();
  await people.nth(before).waitFor(); // the one more, before the button that adds
  await page.locator('nav button[aria-current="step"]').and(people.nth(before - 1)).waitFor();
  await page.getByRole("textbox", { name: "Nama anggota keluarga" }).fill(person.name);
  await page.getByRole("textbox", { name: "Nama anggota keluarga" }).blur();
  await page.getByRole("heading", { level: 2, name: person.name }).waitFor();
  await fill(page, person.answers);
}

async function saved(page) {
  await page.getByText("Tersimpan di perangkat").waitFor();
}

/** Answers every choice and date that is asked and open, as asked after each answer. */
async function fill(page, answers) {
  const skipped = new Set(["IV.9", "IV.10", "IV.11"]);
  for (let n = 0; n < 40; n++) {
    await saved(page);
    const open = page.locator(".question:not(.answered)").filter({ has: page.locator('input[type="radio"], input[type="date"]') });
    const numbers = await open.locator(".number").allTextContents();
    const at = numbers.findIndex((number) => !skipped.has(number) && !(number === "IV.4" && !answers["IV.4"]));
    if (at < 0) return;
    const question = open.nth(at);
    const answer = answers[numbers[at]] ?? "Tidak";
    const date = question.locator('input[type="date"]');
    if ((await date.count()) > 0) {
      await date.fill(answer);
    } else {
      await question.getByRole("radio", { name: answer, exact: true }).check();
    }
    await page
      .locator(".question.answered")
      .filter({ has: page.getByText(numbers[at], { exact: true }) })
      .first()
      .waitFor();
  }
  throw new Error("the questions do not end");
}
