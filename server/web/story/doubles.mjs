// A supervisor settles what a device synced: a conflict by one key, which nobody
// approves unseen, two families that are one, two that are not, and one that
// another Puskesmas has too.
import { agree, ask, choose, look, must, open, settings, signIn, visit, withBrowser } from "./browser.mjs";

await withBrowser(async (browser) => {
  for (const [n, size] of settings.looks.entries()) {
    await within(browser, size, n);
    await across(browser, size, n);
  }
});

/** Conflict, dismissal with a reason, taking it back, merging. */
async function within(browser, size, n) {
  const device = "surveyor1";
  const other = "surveyor2";
  const nkk = 3204051111110001 + n;
  const families = await ask("collect", { device, families: 2, names: [`Asep ${n}`, `Ujang ${n}`], place: "001/001", seed: 500 + n, nkk });
  await ask("sync", { device });
  await ask("sync", { device: other });
  await ask("address", { device, family: families[0], address: "Gg. Satu" });
  await ask("address", { device: other, family: families[0], address: "Gg. Dua" });
  for (const one of [device, other]) await ask("sync", { device: one });
  const supervisor = await visit(browser, size);
  const { page } = supervisor;
  await signIn(supervisor, "supervisor");
  await notApprovedUnseen(supervisor, `Asep ${n}`);
  await choose(supervisor, "Konflik");
  const conflict = page.getByRole("group", { name: /Alamat/ }).first();
  await conflict.waitFor();
  await page.getByRole("heading", { name: new RegExp(`Asep ${n}.*RT 001/RW 001, Cileunyi Kulon`) }).waitFor();
  await look(supervisor, "konflik-putuskan");
  await conflict.focus();
  await page.keyboard.press("2");
  await page.getByText(/dipertahankan/).waitFor();
  await page.getByText("Tidak ada konflik yang menunggu.").waitFor();

  await choose(supervisor, "Ganda");
  const pair = page.getByRole("article", { name: new RegExp(`Asep ${n}`) });
  await pair.waitFor();
  await pair.getByRole("button", { name: /^Abaikan/ }).click();
  await pair.getByText("Tulis mengapa keduanya dua keluarga yang berbeda.").waitFor();
  await look(supervisor, "ganda-berdampingan");
  await pair.getByLabel("Alasan (wajib bila diabaikan)").fill("Dua KK serumah");
  await pair.getByRole("button", { name: /^Abaikan/ }).click();
  await page.getByText("Diabaikan. Tidak ditampilkan lagi kecuali nomornya berubah.").waitFor();
  await pair.waitFor({ state: "detached" });
  await page.getByLabel("Tampilkan juga yang diabaikan").check();
  await pair.getByText("Riwayat keputusan").click();
  await pair.getByText("Dua KK serumah").waitFor();
  await look(supervisor, "ganda-diabaikan");
  await pair.getByRole("button", { name: "Batalkan pengabaian" }).click();
  await keepOne(pair, page, n);
  await page.getByText(/Kedua keluarga digabungkan/).waitFor();
  await pair.waitFor({ state: "detached" });
  await supervisor.context.close();
}

/** Making two families one is asked first, by name, place and house of both; no keeps them two. */
async function keepOne(pair, page, n) {
  const keep = pair.getByRole("button", { name: new RegExp(`^Pertahankan yang ini: Asep ${n} \\(RT 001/RW 001, Cileunyi Kulon`) });
  const asked = agree(page, false);
  await keep.click();
  const question = await asked;
  must(new RegExp(`Pertahankan Asep ${n} \\(.+\\)\\?\\s+Ujang ${n} \\(.+\\) digabungkan`).test(question), `the question names both families: ${question}`);
  await pair.getByRole("button", { name: /^Abaikan/ }).waitFor();
  void agree(page);
  await keep.click();
}

/** A family with a conflict says so in the queue, and is not among those approved at one go. */
async function notApprovedUnseen(supervisor, name) {
  const { page } = supervisor;
  await open(supervisor, "/tinjauan/semua");
  const options = page.getByRole("listbox", { name: "Antrean" }).getByRole("option");
  await options.filter({ hasText: name }).filter({ hasText: "ada 1 perbedaan isian" }).waitFor();
  const clean = await options.filter({ hasText: "tanpa temuan" }).count();
  await page.getByRole("button", { name: clean ? `Setujui ${clean} tanpa temuan dan perbedaan` : "Tidak ada yang tanpa temuan dan perbedaan", exact: true }).waitFor();
  await look(supervisor, "antrean-perbedaan");
}

/** Each side answers for its own family; the district gets a number. */
async function across(browser, size, n) {
  const device = "surveyor1";
  const nkk = 3204052222220001 + n;
  await ask("collect", { device, families: 1, names: [`Dadang ${n}`], place: "001/001", seed: 600 + n, nkk });
  await ask("collect", { device: "lain", families: 1, names: [`Rahasia ${n}`], place: "001/001", seed: 700 + n, nkk });
  for (const one of [device, "lain"]) await ask("sync", { device: one });
  const sides = [];
  for (const [user, own, other] of [
    ["supervisor", `Dadang ${n}`, `Rahasia ${n}`],
    ["supervisor-p3204060101", `Rahasia ${n}`, `Dadang ${n}`],
  ]) {
    const visitor = await visit(browser, size);
    const { page } = visitor;
    await signIn(visitor, user);
    await choose(visitor, "Ganda");
    const one = page.getByRole("article", { name: own });
    await one.getByText(/juga tercatat di Puskesmas lain/).waitFor();
    must(!(await page.content()).includes(other), `${user} sees nothing of ${other}`);
    if (sides.length === 0) await look(visitor, "ganda-puskesmas-lain");
    await one.getByRole("button", { name: "Tinggal di sini" }).click();
    await page.getByText("Jawaban tersimpan.").waitFor();
    sides.push({ visitor, one });
  }
  for (const { one } of sides) await one.getByText(/nomor kasus/).waitFor();
  await look(sides[0].visitor, "ganda-kasus");
  const text = await sides[0].one.innerText();
  const number = /[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/.exec(text)?.[0] ?? "";
  const district = await visit(browser, size);
  await signIn(district, "dinas");
  await choose(district, "Kasus ganda");
  await district.page.getByRole("rowheader", { name: number }).waitFor();
  await district.page.getByRole("cell", { name: "Puskesmas Cileunyi (contoh), Puskesmas Lain" }).waitFor();
  must(!/Dadang|Rahasia/.test(await district.page.content()), "the district sees a number and no names");
  await look(district, "kasus-ganda");
  await sides[1].one.getByRole("button", { name: "Pindah" }).click();
  for (const { one } of sides) await one.waitFor({ state: "detached" });
  for (const visitor of [district, ...sides.map((s) => s.visitor)]) await visitor.context.close();
}
