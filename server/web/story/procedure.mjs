// The ministry's procedure: a district applies, Pusdatin accepts one Puskesmas
// and returns another, the package is printed, an administrator activates the
// account, makes those of all accepted nominees, and has a nominee replaced.
import { readFileSync } from "node:fs";
import { agree, answerLoss, choose, focusedName, lookInAll, must, open, settings, signIn, tabTo, until, visit, withBrowser } from "./browser.mjs";

const nik = "3204051204880003";
const userPassword = "jembatan hijau 27 kapal";

await withBrowser(async (browser) => {
  const size = settings.looks[0];
  await apply(browser, size);
  await decide(browser, size);
  const guide = await readGuide(browser, size);
  await elsewhere(browser, size);
  await makeStaff(browser, size, guide);
  await staffOfArea(browser, size, guide);
  await replace(browser, size, guide);
  await drawnUpOverREST(browser, size);
});

async function apply(browser, size) {
  const district = await visit(browser, size);
  const { page } = district;
  await signIn(district, "dinas");
  await choose(district, "Pendaftaran");
  await refuseForms(page);
  district.wrong.length = 0; // the browser reports the refusals that were asked for
  await page.getByLabel("Formulir terisi").setInputFiles(settings.form);
  await page.getByRole("button", { name: "Unggah dan buat draf" }).click();
  await page.getByRole("heading", { level: 1, name: /Permohonan/ }).waitFor();
  await page.getByLabel("Surat bertanda tangan (PDF)").setInputFiles({ name: "besar.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(3e6) });
  await page.getByRole("button", { name: "Simpan surat" }).click();
  await page.getByText("Berkas lebih besar dari 1 MB.").waitFor();
  await page.getByLabel("Surat bertanda tangan (PDF)").setInputFiles({ name: "kosong.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(0) });
  await page.getByRole("button", { name: "Simpan surat" }).click();
  await page.getByText("Berkas kosong: tidak ada isinya.").waitFor();
  await page.getByLabel("Surat bertanda tangan (PDF)").setInputFiles(settings.letter);
  await page.getByRole("button", { name: "Simpan surat" }).click();
  await page.getByText("PDF tersimpan").waitFor();
  await page.getByText(/^Puskesmas Cinunuk: Supervisor: 0 orang/).waitFor();
  await lookInAll(district, "pendaftaran-dinas");
  await mendNominee(district);
  await losesNothingUnasked(district);
  await twoOfficers(browser, district);
  await page.getByRole("button", { name: "Catat tembusan provinsi" }).click();
  await page.getByText("tembusan provinsi dicatat").waitFor();
  await page.getByRole("button", { name: "Ajukan ke Pusdatin" }).click();
  await page.getByText("Keadaan: diajukan").waitFor();
  await district.context.close();
}

/** What is no form makes no request, and is told as the form calls it. */
async function refuseForms(page) {
  const rounded = readFileSync(settings.form, "utf8").replace(/,320\d{13},/, ",3.20405E+15,");
  for (const [content, told] of [
    ["", /Berkas kosong/],
    ["<html>", /^Kode Puskesmas: tidak ada baris judul kolom/],
    [rounded, /^baris \d+, NIK: dibulatkan oleh lembar kerja/],
  ]) {
    await page.getByLabel("Formulir terisi").setInputFiles({ name: "formulir.csv", mimeType: "text/csv", buffer: Buffer.from(content) });
    await page.getByRole("button", { name: "Unggah dan buat draf" }).click();
    await page.getByText(told).waitFor();
  }
}

/** A nominee's NIK is mistyped, told at its field, and mended, by keyboard. */
async function mendNominee(district) {
  const { page } = district;
  await page.getByText(/^Calon: Puskesmas Cileunyi/).click();
  const edit = page.getByRole("button", { name: "Ubah: Maya Puspita", exact: true });
  await edit.focus();
  await page.keyboard.press("Enter");
  const field = page.getByLabel("NIK (16 angka)");
  const right = await field.inputValue();
  await field.fill("3204");
  await page.keyboard.press("Enter");
  await page.getByText("Masih ada isian yang harus diperbaiki sebelum diajukan.").waitFor();
  await page.getByText("NIK harus terdiri atas 16 angka.").first().waitFor();
  await until(async () => (await field.getAttribute("aria-invalid")) === "true", "what is wrong is told at its field");
  await lookInAll(district, "pendaftaran-calon");
  await field.fill(right);
  await page.keyboard.press("Enter");
  await field.waitFor({ state: "detached" });
  await page.getByText("NIK harus terdiri atas 16 angka.").waitFor({ state: "detached" });
}

/** Two officers have one list open: who is later is told, keeps what was typed, and saves it on what the other left. */
async function twoOfficers(browser, district) {
  const { page } = district;
  const other = await visit(browser, district.look);
  await signIn(other, "dinas");
  await choose(other, "Pendaftaran");
  await other.page.getByRole("link", { name: /Permohonan/ }).click();
  for (const officer of [page, other.page]) {
    const edit = officer.getByRole("button", { name: "Ubah: Rudi Hartono", exact: true });
    if (!(await edit.isVisible())) await officer.getByText(/^Calon: Puskesmas Cileunyi/).click();
    await edit.click();
  }
  await other.page.getByLabel("Jabatan", { exact: true }).fill("Perawat mahir");
  await other.page.getByRole("button", { name: "Simpan", exact: true }).click();
  await other.page.getByLabel("Jabatan", { exact: true }).waitFor({ state: "detached" });
  await other.context.close();
  await page.getByLabel("Nomor ponsel").fill("+6281234560777");
  await page.getByRole("button", { name: "Simpan", exact: true }).click();
  await page.getByText("Orang lain baru saja mengubah daftar calon").waitFor();
  await page.getByText("Perawat mahir").first().waitFor();
  await until(async () => (await page.getByLabel("Nomor ponsel").inputValue()) === "+6281234560777", "what was typed is kept");
  district.wrong.length = 0; // the browser reports the refusal that was asked for
  await lookInAll(district, "pendaftaran-berubah");
  await page.getByRole("button", { name: "Tutup" }).click();
  await answerLoss(page, true);
}

/** Whoever would lose what was typed, by whichever way, is asked once, and stays where they were. */
async function losesNothingUnasked(district) {
  const { page } = district;
  const at = page.url();
  await page.getByRole("button", { name: "Ubah: Rudi Hartono", exact: true }).click();
  const field = page.getByLabel("Jabatan", { exact: true });
  const before = await field.inputValue();
  await field.fill("Perawat ahli");
  const edit = page.getByRole("button", { name: "Ubah: Maya Puspita", exact: true });
  const ways = [
    () => page.getByRole("link", { name: "Pendaftaran", exact: true }).first().click(),
    () => page.evaluate(() => history.back()),
    () => open(district, "/bantuan"),
    () => page.evaluate(() => history.back()), // the way back is still one
    () => page.getByRole("button", { name: "Tutup" }).click(),
    () => edit.click(),
  ];
  for (const [n, way] of ways.entries()) {
    await way();
    await answerLoss(page, false);
    await until(() => page.url() === at, `way ${n}: who stays is where they were, not at ${page.url()}`);
    await until(async () => (await field.inputValue()) === "Perawat ahli", `way ${n}: what was typed is still there`);
  }
  await page.evaluate(() => history.back());
  await answerLoss(page, true);
  await page.getByRole("heading", { level: 1, name: "Pendaftaran" }).waitFor();
  await page.goForward(); // nothing is typed any more, nothing is asked
  await page.getByText(/^Calon: Puskesmas Cileunyi/).click();
  await page.getByRole("button", { name: "Ubah: Rudi Hartono", exact: true }).click();
  await until(async () => (await field.inputValue()) === before, "what was given up is gone");
  await page.getByRole("button", { name: "Tutup" }).click();
}

async function decide(browser, size) {
  const pusdatin = await visit(browser, size);
  const { page } = pusdatin;
  await signIn(pusdatin, "pusat");
  await choose(pusdatin, "Pendaftaran");
  await page.getByRole("link", { name: /Permohonan/ }).waitFor();
  await lookInAll(pusdatin, "pendaftaran");
  await page.getByLabel("Hanya yang menunggu Pusdatin").check();
  await page.getByRole("link", { name: /Permohonan/ }).click();
  await page.getByRole("button", { name: "Mulai periksa" }).click();
  await page.getByText("Keadaan: sedang diperiksa").waitFor();
  await page.getByLabel("Pilih Puskesmas Cileunyi").check();
  await page.getByRole("button", { name: "Terima", exact: true }).click();
  await page.getByRole("row", { name: /Puskesmas Cileunyi/ }).getByText("diterima").waitFor();
  await page.getByLabel("Pilih Puskesmas Cinunuk").check();
  await page.getByRole("button", { name: "Kembalikan" }).click();
  await page.getByText("Tulis alasannya.").waitFor();
  await page.getByLabel("Alasan").fill("Supervisor belum dicalonkan.");
  await page.getByRole("button", { name: "Kembalikan" }).click();
  await page.getByRole("row", { name: /Puskesmas Cinunuk/ }).getByText("Supervisor belum dicalonkan.").waitFor();
  await page.getByRole("button", { name: "Terbitkan akun" }).click();
  await page.getByText(/panduan aktivasi belum diserahkan/).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Unduh panduan aktivasi" }).click()]);
  must(download.suggestedFilename().endsWith(".pdf"), `the package is a PDF: ${download.suggestedFilename()}`);
  await page.getByRole("listitem").filter({ hasText: /: diajukan\s+Puskesmas Cinunuk/ }).waitFor();
  await lookInAll(pusdatin, "pendaftaran-pusdatin");
  await pusdatin.context.close();
}

/** What stands in the printed guide of the administrator: user name and code. */
async function readGuide(browser, size) {
  const { context } = await visit(browser, size);
  const call = context.request;
  const signedIn = await (await call.post(`${settings.base}/v1/auth:signIn`, { data: { userName: "dinas", password: settings.password } })).json();
  const headers = { Authorization: `Bearer ${signedIn.accessToken}` };
  const { file } = await (await call.get(`${settings.base}/v1/registrations/1/package?format=PACKAGE_FORMAT_CSV`, { headers })).json();
  const [head, ...lines] = Buffer.from(file.content, "base64").toString("utf8").replace(/^\ufeff/, "").trim().split(/\r?\n/).map((l) => l.split(","));
  const line = lines.find((l) => l.join(",").includes("Budi Santoso"));
  must(line, `the package has the administrator's guide: ${head} ${lines}`);
  const at = (name) => line[head.findIndex((h) => h.toLowerCase().includes(name))];
  await context.close();
  return { userName: at("pengguna"), code: at("kode sekali") ?? at("kode") };
}

/** Another Puskesmas has typed in somebody of the accepted list. */
async function elsewhere(browser, size) {
  const administrator = await visit(browser, size);
  const { page } = administrator;
  await signIn(administrator, "administrator");
  await choose(administrator, "Akun");
  await fillPerson(page, 0);
  await page.getByLabel("NIK (16 angka)").fill("3204055405940010");
  await page.getByRole("button", { name: "Buat 1 akun" }).click();
  await page.getByText("1 akun dibuat.").waitFor();
  await page.getByRole("button", { name: "Sudah dicatat atau diserahkan" }).click();
  await administrator.context.close();
}

async function makeStaff(browser, size, guide) {
  const administrator = await visit(browser, size);
  const { page } = administrator;
  await page.goto(`${settings.base}/#/aktivasi`);
  await page.getByLabel("Nama pengguna").fill(guide.userName);
  await page.getByLabel("Kode sekali pakai").fill(guide.code);
  await page.getByLabel("NIK Anda").fill(nik);
  await page.getByLabel("Kata sandi baru", { exact: true }).fill(userPassword);
  await page.getByLabel("Ulangi kata sandi baru").fill(userPassword);
  await page.getByRole("button", { name: "Aktifkan" }).click();
  await page.getByText("Akun Anda aktif.").waitFor();
  await signIn(administrator, guide.userName, userPassword);
  await choose(administrator, "Akun");
  await page.getByRole("button", { name: "Buat akun petugas" }).click();
  await page.getByText("11 akun dibuat.").waitFor();
  await until(async () => (await focusedName(page)).includes("11 akun dibuat."), "the cards have the focus");
  await page.getByText("Dewi Anggraini: Orang ini sudah memiliki akun aktif di tempat lain.").waitFor();
  const codes = page.getByRole("region", { name: "Kode sekali pakai" }).getByRole("listitem");
  const drawn = page.getByRole("img", { name: /^Kode QR aktivasi/ });
  await until(async () => (await codes.count()) === 11, "eleven codes are shown", () => codes.count());
  await until(async () => (await drawn.count()) === 11, "every card has its QR", () => drawn.count());
  await lookInAll(administrator, "akun");
  await page.getByRole("button", { name: "Buat akun petugas" }).click();
  await page.getByText("1 orang dilewati").waitFor();
  await until(async () => (await codes.count()) === 11, "the codes stay until they are noted");
  for (let n = 1; n < 3; n++) await fillPerson(page, n, n);
  await page.getByRole("button", { name: "Buat 2 akun" }).click();
  await page.getByText("2 akun dibuat.").waitFor();
  await administrator.context.close();
}

/** Pusdatin finds the staff of a Puskesmas, as where nobody administers it any more. */
async function staffOfArea(browser, size, guide) {
  const pusdatin = await visit(browser, size);
  const { page } = pusdatin;
  await signIn(pusdatin, "pusat");
  await choose(pusdatin, "Akun");
  await page.getByRole("row", { name: /pusat/ }).waitFor();
  await until(async () => (await page.getByRole("row", { name: guide.userName }).count()) === 0, "the list begins with the own level");
  await page.getByLabel("Wilayah").fill("32.04");
  await page.getByRole("button", { name: "Tampilkan" }).click();
  const administrator = page.getByRole("row").filter({ has: page.getByText(guide.userName, { exact: true }) });
  await administrator.getByText(/· Puskesmas /).waitFor();
  await administrator.getByRole("button", { name: /^Kode baru/ }).waitFor();
  await lookInAll(pusdatin, "akun-wilayah");
  await page.getByRole("link", { name: "Buka akun Budi Santoso" }).click();
  await page.getByRole("heading", { level: 1, name: "Budi Santoso" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Budi Santoso" }).waitFor();
  await page.getByRole("link", { name: "Semua akun" }).click();
  await administrator.waitFor();
  await withoutAdministrator(page, guide);
  await page.getByLabel("Wilayah").fill("99.99");
  await page.keyboard.press("Enter");
  await page.getByText("Tidak ada akun di wilayah 99.99.").waitFor();
  await page.getByLabel("Wilayah").fill("");
  await page.keyboard.press("Enter");
  await page.getByRole("row", { name: /pusat/ }).waitFor();
  await pusdatin.context.close();
}

/** The staff of a Puskesmas without an active administrator may be disabled, but get no codes. */
async function withoutAdministrator(page, guide) {
  await page.getByRole("button", { name: `Nonaktifkan: ${guide.userName}` }).click();
  await agree(page, "Nonaktifkan");
  const surveyor = page.getByRole("row").filter({ hasText: "Pembina Keluarga" }).first();
  await surveyor.getByRole("button", { name: /^Nonaktifkan/ }).waitFor();
  must((await surveyor.getByRole("button", { name: /^Kode baru/ }).count()) === 0, "no code is offered that would be refused");
  await page.getByRole("button", { name: `Aktifkan lagi: ${guide.userName}` }).click();
  await agree(page, "Aktifkan lagi");
  await surveyor.waitFor({ state: "detached" });
}

/** A request that was made over REST has no letter yet, and is withdrawn on its page. */
async function drawnUpOverREST(browser, size) {
  const district = await visit(browser, size);
  const { context, page } = district;
  await signIn(district, "dinas");
  const signedIn = await (await context.request.post(`${settings.base}/v1/auth:signIn`, { data: { userName: "dinas", password: settings.password } })).json();
  const made = await context.request.post(`${settings.base}/v1/registrations`, {
    headers: { Authorization: `Bearer ${signedIn.accessToken}` },
    data: { puskesmasCodes: [settings.puskesmas] },
  });
  const { registration } = await made.json();
  must(registration?.letter === null, `a draft without a letter: ${made.status()}`);
  await page.goto(`${settings.base}/#/pendaftaran/${registration.registration}`);
  await page.getByLabel("Surat bertanda tangan (PDF)").waitFor();
  await page.getByLabel("Alasan").fill("Dibuat dua kali.");
  await page.getByRole("button", { name: "Tarik kembali" }).click();
  await page.getByRole("row", { name: new RegExp(settings.puskesmas) }).getByText("ditarik").first().waitFor();
  await district.context.close();
}

/** The administrator proposes, the district admits, Pusdatin accepts: all by keyboard alone. */
async function replace(browser, size, guide) {
  const administrator = await visit(browser, size);
  const { page } = administrator;
  await signIn(administrator, guide.userName, userPassword);
  await choose(administrator, "Pengganti");
  await page.getByRole("button", { name: /^Ganti: Dedi/ }).waitFor();
  await page.getByRole("row", { name: /Dedi Kurniawan/ }).getByText("Puskesmas Cileunyi", { exact: true }).waitFor();
  await tabTo(page, /^Ganti: Dedi/);
  await page.keyboard.press("Enter");
  const person = page.getByRole("group", { name: /^Pengganti Dedi/ });
  await person.waitFor();
  await until(async () => (await focusedName(page)) === "Nama lengkap dengan gelar", "the form takes the focus");
  await page.keyboard.type("Rina Pengganti");
  await tabTo(page, /^NIK/);
  await page.keyboard.type("32040541");
  await tabTo(page, /^Bukan ASN/);
  await page.keyboard.press("Space");
  for (const [label, value] of [
    [/^Jabatan/, "Bidan"],
    [/^Nomor ponsel/, "081234567999"],
    [/^Surel/, "rina@contoh.example"],
  ]) {
    await tabTo(page, label);
    await page.keyboard.type(value);
  }
  await page.keyboard.press("Enter");
  await person.getByText("NIK harus terdiri atas 16 angka.").waitFor();
  administrator.wrong.length = 0; // the browser reports the refusal that was asked for
  await until(async () => (await focusedName(page)).startsWith("NIK"), "what is wrong takes the focus");
  await lookInAll(administrator, "pengganti-usul");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("3204054101900099");
  await page.keyboard.press("Enter");
  await page.getByText("Pengganti diusulkan.").waitFor();
  await until(async () => (await focusedName(page)) !== "", "the focus is not lost with the form");
  await administrator.context.close();
  for (const [user, yes] of [
    ["dinas", /^Setujui$/],
    ["pusat", /^Terima$/],
  ]) {
    await decideOnReplacement(await visit(browser, size), user, yes);
  }
}

async function decideOnReplacement(office, user, yes) {
  const { page } = office;
  await signIn(office, user);
  await choose(office, "Pengganti");
  await page.getByRole("button", { name: "Putuskan: Rina Pengganti" }).waitFor();
  await tabTo(page, /^Putuskan: Rina Pengganti$/);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Tolak" }).waitFor();
  await until(async () => (await focusedName(page)).startsWith("Alasan"), "the decision takes the focus");
  await tabTo(page, /^Tolak$/);
  await page.keyboard.press("Enter");
  await page.getByText("Tulis alasannya.").waitFor();
  await lookInAll(office, `pengganti-${user}`);
  await tabTo(page, yes, "Shift+Tab");
  await page.keyboard.press("Enter");
  await page.getByText("Keputusan tersimpan.").waitFor();
  await page.getByText("Tidak ada orang dalam keadaan ini.").waitFor();
  await until(async () => (await focusedName(page)) === "Pengganti", "the heading takes the focus of what is gone");
  await office.context.close();
}

/** Types in person n, the place-th of the form. */
async function fillPerson(page, n, place = n + 1) {
  await page.getByRole("button", { name: "Tambah orang" }).click();
  const person = page.getByRole("group", { name: `Orang ${place}`, exact: true });
  await person.getByLabel("Nama lengkap dengan gelar").fill(`Orang Contoh ${"ABCDEFGHIJKL"[n]}`);
  await person.getByLabel("NIK (16 angka)").fill(`32040541019001${String(10 + n)}`);
  await person.getByLabel("Bukan ASN").check();
  await person.getByLabel("Jabatan").fill("Perawat");
  await person.getByLabel("Nomor ponsel").fill(`0812345670${String(10 + n)}`);
  await person.getByLabel("Peran").selectOption({ label: n === 0 ? "Supervisor" : n === 1 ? "Kepala Puskesmas" : "Pembina Keluarga" });
}
