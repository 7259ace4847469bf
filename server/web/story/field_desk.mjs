// A supervisor takes the queue along, returns one family and approves the rest
// without a signal; after a sync the surveyor's device shows the note. Then the
// surveyor's own work: help and contacts offline, a family surveyed last year in
// a new round, a member who came and one who went, the result on half a page,
// a backup file that the supervisor brings to the server, and another user on the same device.
import { answerLoss, ask, look, must, settings, until, visit, withBrowser } from "./browser.mjs";

await withBrowser(async (browser) => {
  for (const [n, size] of settings.looks.entries()) {
    const note = `Tanyakan lagi alamatnya, ronde ${n + 1}.`;
    await ask("online");
    const families = await ask("collect", { device: "surveyor1", families: 3, place: `00${n + 1}/001`, seed: 400 + n, note: "" });
    for (const device of ["surveyor1", "surveyor2"]) await ask("sync", { device });
    for (const device of ["surveyor1", "surveyor2"]) await ask("address", { device, family: families[2], address: `Gg. ${device}` });
    for (const device of ["surveyor1", "surveyor2"]) await ask("sync", { device });
    await supervise(browser, size, note, families);
    const returned = await ask("returned", { device: "surveyor1" });
    must(returned.some((f) => f.note === note), `the surveyor's device has the note: ${JSON.stringify(returned)}`);
    await followUp(browser, size, note);
  }
});

async function supervise(browser, size, note, families) {
  const app = await ask("launch", { name: `supervisor-${size.width}-${size.scheme}` });
  const visitor = await visit(browser, size);
  const { page } = visitor;
  await setUp(page, app);
  await enter(page, "supervisor");
  await sync(page);
  await ask("offline");
  await page.getByRole("link", { name: "Tinjauan" }).click();
  const list = page.getByRole("listbox", { name: "Antrean" });
  await list.waitFor();
  await until(async () => (await list.getByRole("option").count()) === 3, "the three families wait");
  await page.getByRole("heading", { level: 2 }).first().waitFor();
  const differs = list.getByRole("option").filter({ hasText: "ada 1 perbedaan isian" });
  await until(async () => (await differs.count()) === 1 && !(await differs.innerText()).includes("tanpa temuan"), "a family that two filled in differently is not without a remark");
  await look(visitor, "lapangan-tinjauan");
  await list.focus();
  await page.keyboard.press("k");
  await page.getByLabel("Catatan untuk Pembina Keluarga").fill(note);
  await page.route("**/*:judge", mark, { times: 1 });
  await look(visitor, "lapangan-kembalikan");
  await page.keyboard.press("Control+Enter");
  await list.getByRole("option").filter({ hasText: "dikembalikan" }).waitFor();
  await list.focus();
  for (let n = 0; n < 2; n++) await page.keyboard.press("s");
  await list.getByRole("option").filter({ hasText: "disetujui" }).nth(1).waitFor();
  await page.getByText("belum terkirim").nth(2).waitFor();
  await page.getByText(/^Akun nomor \d+, \d/).first().waitFor(); // the author of a value in conflict
  await look(visitor, "lapangan-diputuskan");
  // Meanwhile the surveyor alters one of the two that were approved.
  await ask("address", { device: "surveyor1", family: families[1], address: "Gg. Baru" });
  await ask("sync", { device: "surveyor1" });
  await ask("online");
  await sync(page);
  await page.getByRole("link", { name: "Tinjauan" }).click();
  await page.getByText(/· berlaku/).nth(1).waitFor();
  await readsWhatWasNotApplied(visitor);
  await visitor.context.close();
  await ask("end");
}

/** A verdict that was not applied is told under *Kirim* until it is read; the family is judged again. */
async function readsWhatWasNotApplied(visitor) {
  const { page } = visitor;
  await page.getByRole("link", { name: /^Kirim/ }).click();
  const heading = page.getByRole("heading", { name: "Penilaian yang tidak berlaku" });
  await heading.waitFor();
  await page.getByText(/berubah/).first().waitFor();
  await look(visitor, "lapangan-tidak-berlaku");
  await page.getByRole("button", { name: "Sudah saya baca" }).click();
  await heading.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Tinjauan" }).click();
  const list = page.getByRole("listbox", { name: "Antrean" });
  await until(async () => (await list.getByRole("option").count()) === 1, "the family is to be judged again");
  await list.focus();
  await page.keyboard.press("s");
  await page.getByText("belum terkirim").first().waitFor();
  await sync(page);
}

/** Marks the address in a verdict: the dialog offers what checks found, and these families are without. */
function mark(route) {
  const body = route.request().postDataJSON();
  const fields = [{ kind: "RECORD_KIND_FAMILY", field: 4, note: "Nama gang belum ada" }];
  return route.continue({ postData: JSON.stringify({ ...body, fields }) });
}

async function followUp(browser, size, note) {
  const app = await ask("launch", { name: `surveyor-${size.width}-${size.scheme}` });
  const visitor = await visit(browser, size);
  const { page } = visitor;
  await setUp(page, app);
  await enter(page, "surveyor1");
  await sync(page);
  await ask("offline");
  await page.getByRole("link", { name: "Hari ini", exact: true }).click();
  await page.getByRole("heading", { name: "Dikembalikan supervisor" }).waitFor();
  const back = page.locator("h2", { hasText: "Dikembalikan supervisor" }).locator("xpath=following-sibling::ul[1]").getByRole("link").first();
  await until(async () => /Diminta kembali sebelum.*Yang dimaksud: .*Alamat/s.test(await back.innerText()), "the day's work tells what is wanted, and when", () => back.innerText());
  await look(visitor, "lapangan-dikembalikan");
  await back.click();
  await page.getByText(/Tanyakan lagi alamatnya, ronde/).waitFor();
  await page.getByRole("button", { name: "Lahir atau datang" }).waitFor();
  await until(async () => size !== settings.looks[0] || (await page.getByText(note).count()) === 1, "the family shows the supervisor's note");
  await look(visitor, "lapangan-catatan");
  await page.getByText("Nama gang belum ada").waitFor();
  await page.getByText(/^Diminta kembali sebelum/).waitFor();
  await page.getByRole("button", { name: "Buka pertanyaan ini" }).click();
  await until(() => page.evaluate(() => document.activeElement?.closest("[data-question]")?.dataset.question === "RECORD_KIND_FAMILY//address"), "the marked question has the focus");
  await look(visitor, "lapangan-ditandai");
  await page.getByRole("link", { name: "Hari ini", exact: true }).click();
  await back.click();
  await page.getByRole("button", { name: "Lahir atau datang" }).waitFor();
  await lifeGoesOn(visitor);
  await help(visitor);
  await visitor.context.close();
  await ask("end");
}

/** A member who moved away; the last survey still has them. */
async function movesAway(visitor, name) {
  const { page } = visitor;
  await page.getByRole("button", { name: "Meninggal atau pindah" }).click();
  await page.getByLabel("Siapa?").selectOption({ label: name });
  await page.getByRole("radio", { name: "Pindah keluar" }).check();
  await look(visitor, "lapangan-pindah");
  await page.getByRole("button", { name: "Keluarkan dari keluarga", exact: true }).click();
  await page.getByRole("heading", { name: "Tercatat sudah keluar" }).waitFor();
  await page.getByRole("listitem").filter({ hasText: new RegExp(`${name}.*Pindah keluar`) }).first().waitFor();
}

/** A refusal that was recorded by mistake: as it was saved first, and then put right. */
async function putsRight(visitor) {
  const { page } = visitor;
  const correct = page.getByRole("button", { name: "Perbaiki hasil kunjungan" });
  await page.getByRole("button", { name: "Catat kunjungan" }).click();
  await page.getByRole("radio", { name: "Menolak" }).check();
  await page.getByLabel("Janji kunjungan berikutnya").fill(settings.soon);
  await page.getByLabel("Intervensi yang diberikan").fill("Dijelaskan lagi");
  await page.getByLabel("Catatan").fill("Bertemu di pagar");
  await page.getByRole("button", { name: "Simpan" }).click();
  await correct.click();
  await page.getByRole("radio", { name: "Menolak" }).and(page.locator(":checked")).waitFor();
  await until(async () => (await page.getByLabel("Janji kunjungan berikutnya").inputValue()) === settings.soon, "the appointment is there");
  await until(async () => (await page.getByLabel("Intervensi yang diberikan").inputValue()) === "Dijelaskan lagi", "the advice is there");
  await until(async () => (await page.getByLabel("Catatan").inputValue()) === "Bertemu di pagar", "the note is there");
  await look(visitor, "lapangan-perbaiki-kunjungan");
  await page.getByRole("button", { name: "Simpan" }).click();
  await correct.click(); // who changed nothing has not changed the outcome
  await page.getByRole("radio", { name: "Tidak di rumah" }).check();
  await page.getByLabel("Catatan").fill("");
  await page.getByRole("button", { name: "Simpan" }).click();
  await page.getByRole("listitem").filter({ hasText: /Tidak di rumah.*Dijelaskan lagi/s }).waitFor();
  await until(async () => (await page.getByText("Bertemu di pagar").count()) === 0, "a note that is taken out is gone");
}

/** A family surveyed last year gets a new round; somebody moved away; the result fits half a page. */
async function lifeGoesOn(visitor) {
  const { page } = visitor;
  const id = await page.evaluate(lastYearsFamily, settings.lastYear);
  await page.evaluate((to) => (location.hash = to), `/keluarga/${id}`);
  await page.getByRole("heading", { level: 1, name: "Keluarga Tahun Lalu" }).waitFor();
  await putsRight(visitor);
  await page.getByRole("button", { name: "Pecah KK" }).click();
  await page.getByRole("checkbox").last().check();
  await look(visitor, "lapangan-pecah");
  await page.getByRole("link", { name: "Hari ini", exact: true }).click();
  await answerLoss(page, false);
  await until(() => page.getByRole("checkbox").last().isChecked(), "who stays finds chosen who was");
  await page.getByRole("button", { name: "Batal" }).click();
  await movesAway(visitor, "Anak Pertama");
  await page.getByRole("button", { name: /^Catatan ini keliru/ }).click();
  await page.getByText("catat sebagai anggota yang datang").waitFor();
  await look(visitor, "lapangan-keliru");
  await page.getByRole("button", { name: "Batalkan catatan" }).click();
  await page.getByRole("heading", { name: "Tercatat sudah keluar" }).waitFor({ state: "detached" });
  await movesAway(visitor, "Anak Pertama");
  await page.getByRole("button", { name: "Lahir atau datang" }).click();
  await page.getByText("dicatat dalam pendataan baru").waitFor();
  await look(visitor, "lapangan-lahir");
  await page.getByRole("button", { name: /bersedia/ }).click();
  await page.getByRole("textbox", { name: "Nama anggota keluarga" }).fill("Bayi Baru");
  await page.getByRole("textbox", { name: "Nama anggota keluarga" }).blur();
  await page.getByRole("heading", { level: 2, name: "Bayi Baru" }).waitFor();
  await page.getByRole("button", { name: "Lihat hasil" }).click();
  await page.getByRole("listitem").filter({ hasText: "Bayi Baru" }).waitFor();
  const rounds = await page.evaluate(roundsOf, id);
  must(rounds === 2, `the family has last year's round and a new one, not ${rounds}`);
  await page.emulateMedia({ media: "print" });
  const pdf = (await page.pdf({ format: "A4" })).toString("latin1");
  await page.emulateMedia({ media: "screen" });
  must(pdf.match(/\/Type\s*\/Page\b/g)?.length === 1, "the result prints on one page");
  await strayTap(page, id);
  await longName(visitor, id);
}

/** Help before and after signing in, without a signal; then somebody else takes the device. */
async function help(visitor) {
  const { page } = visitor;
  await page.getByRole("link", { name: "Hari ini", exact: true }).click();
  await page.getByRole("link", { name: "Bantuan" }).click();
  const [call, write] = ["Telepon", "WhatsApp"].map((name) => page.getByRole("link", { name: new RegExp(`^${name}`) }).first());
  await call.waitFor();
  await until(async () => /^tel:\+62\d+$/.test(await call.getAttribute("href")), "a contact can be called");
  await until(async () => /^https:\/\/wa\.me\/628\d+$/.test(await write.getAttribute("href")), "a contact can be written to");
  await look(visitor, "lapangan-bantuan");
  await page.getByRole("link", { name: "Cetak formulir kosong" }).click();
  await page.getByText("Lembar anggota keluarga 5").waitFor();
  await look(visitor, "lapangan-formulir");
  await page.getByRole("link", { name: /^Kirim/ }).click();
  await page.getByText("Penyimpanan").waitFor();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Simpan cadangan" }).click();
  const file = await (await download).path();
  await page.getByText("Serahkan kepada supervisor;").waitFor();
  await look(visitor, "lapangan-cadangan");
  await page.getByRole("button", { name: /^Kunci atau ganti/ }).click();
  await page.getByRole("button", { name: "Masuk" }).waitFor();
  await page.getByRole("link", { name: "Aktivasi akun" }).click();
  await page.getByRole("button", { name: "Aktifkan" }).waitFor();
  await look(visitor, "lapangan-aktivasi");
  await page.getByRole("link", { name: "Ke halaman masuk" }).click();
  await page.getByRole("link", { name: "Bantuan" }).click();
  await call.waitFor();
  await page.getByRole("link", { name: "← Kembali" }).click();
  await page.getByRole("button", { name: "Masuk" }).waitFor();
  await ask("online");
  await enter(page, "supervisor");
  await sync(page); // who may review is told by a sync
  await ask("offline"); // the app sends by itself what it can
  await page.getByLabel("Pilih berkas cadangan").setInputFiles(file);
  await page.getByText("Diterima: 1 bagian baru.").waitFor();
  await page.getByText("0 dari 1 bagian sudah di server").waitFor();
  await look(visitor, "lapangan-bawa-cadangan");
  await ask("online");
  await page.getByRole("button", { name: "Sinkronkan sekarang" }).click();
  await page.getByRole("listitem").filter({ hasText: /^Perangkat .*: sudah di server/ }).waitFor();
  await page.getByRole("button", { name: /^Kunci atau ganti/ }).click();
  await page.getByText("Pengguna di perangkat ini").waitFor();
  await look(visitor, "lapangan-ganti-pengguna");
  await ask("offline");
  await page.getByRole("button", { name: "surveyor1" }).click();
  await enter(page, "surveyor1");
}

/** Saves a family of two, surveyed last year, by the page's own calls; gives its id. */
async function lastYearsFamily(date) {
  const headers = { Authorization: `Bearer ${sessionStorage.getItem("kunci")}` };
  const call = async (path, body) => (await fetch(path, { headers, ...(body ? { method: "POST", body: JSON.stringify(body) } : {}) })).json();
  const { spareIds } = await call("/v1/questionnaire");
  const { villages } = await call("/v1/app/areas");
  const [round, head, child] = spareIds;
  const answer = await call("/v1/forms", {
    villageCode: villages[0].code,
    place: "9/9",
    family: { headName: "Keluarga Tahun Lalu", buildingNumber: "77" },
    household: {
      members: [
        { memberId: head, member: { number: 1, name: "Keluarga Tahun Lalu", sex: "SEX_MALE", birthDate: "1970-01-01" } },
        { memberId: child, member: { number: 2, name: "Anak Pertama", sex: "SEX_MALE", birthDate: "2001-01-01" } },
      ],
      rounds: [
        {
          roundId: round,
          round: { surveyDate: date },
          individuals: [
            { memberId: head, individual: { present: true, relation: "RELATION_HEAD" } },
            { memberId: child, individual: { present: true, relation: "RELATION_CHILD" } },
          ],
        },
      ],
    },
  });
  return answer.form.household.familyId;
}

async function roundsOf(id) {
  const answer = await fetch(`/v1/forms/${id}`, { headers: { Authorization: `Bearer ${sessionStorage.getItem("kunci")}` } });
  return (await answer.json()).form.household.rounds.length;
}

async function setUp(page, app) {
  await page.goto(app.url);
  await page.getByLabel("Tautan penyiapan").fill(app.link);
  await page.getByRole("button", { name: "Simpan" }).click();
}

async function enter(page, user) {
  await page.getByLabel("Nama pengguna").fill(user);
  await page.getByLabel("Kata sandi").fill(settings.password);
  await page.getByRole("button", { name: "Masuk" }).click();
  await page.getByRole("link", { name: /^Kirim/ }).waitFor();
}

async function sync(page) {
  await page.getByRole("link", { name: /^Kirim/ }).click();
  await page.getByRole("button", { name: "Sinkronkan sekarang" }).click();
  await page.getByText("Isi perangkat sama dengan server").waitFor();
}

/** Who taps on Lahir atau datang by mistake, and goes back, has added nobody. */
async function strayTap(page, id) {
  const before = await page.evaluate(membersOf, id);
  await page.getByRole("button", { name: "Lahir atau datang" }).click();
  await page.getByRole("textbox", { name: "Nama anggota keluarga" }).waitFor();
  must((await page.getByRole("button", { name: /^Keluarkan/ }).count()) === 0, "whom nobody has saved is not taken out");
  await page.getByRole("button", { name: "Lihat hasil" }).click();
  await page.getByRole("button", { name: "Lahir atau datang" }).waitFor();
  const after = await page.evaluate(membersOf, id);
  must(after.length === before.length, `a stray tap adds nobody to ${before.length} members: ${after.length}`);
}

/** A name of 200 letters without a space widens no page; the first answer about somebody keeps them, over a reload. */
async function longName(visitor, id) {
  const { page } = visitor;
  const name = "Wolfeschlegelsteinhausenbergerdorff".repeat(6).slice(0, 200);
  await page.getByRole("button", { name: "Lahir atau datang" }).click();
  await page.getByRole("textbox", { name: "Nama anggota keluarga" }).fill(name);
  await page.getByRole("textbox", { name: "Nama anggota keluarga" }).blur();
  await page.getByText("Tersimpan di perangkat").waitFor();
  await page.getByRole("heading", { level: 2, name }).waitFor();
  await look(visitor, "lapangan-nama-panjang-isian");
  const kept = async () => (await page.evaluate(membersOf, id)).at(-1);
  const comesAlong = (member) => member.name === name && member.number > 1;
  await until(async () => comesAlong(await kept()), "the first answer brings its member along", async () => JSON.stringify(await kept()));
  await page.reload();
  await page.getByRole("listitem").filter({ hasText: name }).waitFor();
  await look(visitor, "lapangan-nama-panjang");
  await page.getByRole("button", { name: "Pecah KK" }).click();
  await page.getByRole("checkbox", { name }).check();
  await look(visitor, "lapangan-nama-panjang-pecah");
  await page.getByRole("button", { name: "Batal" }).click();
}

/** Members of a family. */
async function membersOf(id) {
  const headers = { Authorization: `Bearer ${sessionStorage.getItem("kunci")}` };
  const { form } = await (await fetch(`/v1/forms/${id}`, { headers })).json();
  return (form.household.members ?? []).map(({ member }) => member);
}
