// Who works where and by what device: an administrator looks at what an assignment
// does before saving it, revokes a lost device and ends a session; a head names an
// acting supervisor and ends it. What follows is asked of the API and of a device.
import { agree, ask, askToLeave, choose, focusedName, lookInAll, must, openMenu, refuseReload, settings, signIn, tabTo, until, visit, withBrowser } from "./browser.mjs";

const village = "32.04.05.2001";

await withBrowser(async (browser) => {
  await ask("collect", { device: "surveyor1", families: 3, place: "001/002", seed: 1 });
  await ask("collect", { device: "surveyor1", families: 2, place: "001/003", seed: 2 });
  await ask("sync", { device: "surveyor1" });
  await ask("second");
  const size = settings.looks[0];
  await assign(browser, size);
  await devices(browser, size);
  await sessions(browser, size);
  await actingSupervisor(browser, size);
  await onlyReads(browser, size);
  await districtReads(browser, size);
  await typedStays(browser, size);
  await villageIsLost(browser, size);
  await ownDevice(browser, size);
  await codeAndEnd(browser, size);
});

/** What the API says of an account that signs in now. */
async function self(browser, size, user) {
  const { context } = await visit(browser, size);
  const signedIn = await (await context.request.post(`${settings.base}/v1/auth:signIn`, { data: { userName: user, password: settings.password } })).json();
  const headers = { Authorization: `Bearer ${signedIn.accessToken}` };
  const answer = await (await context.request.get(`${settings.base}/v1/auth/self`, { headers })).json();
  await context.request.post(`${settings.base}/v1/auth:signOut`, { data: { refreshToken: signedIn.refreshToken } });
  await context.close();
  return answer;
}

async function openAccount(visitor, name) {
  const { page } = visitor;
  await choose(visitor, "Akun");
  await page.getByRole("link", { name: `Buka akun ${name}` }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

/** The whole village becomes an RT that is known and one that nobody has surveyed. */
async function assign(browser, size) {
  const administrator = await visit(browser, size);
  const { page } = administrator;
  await signIn(administrator, "administrator");
  await choose(administrator, "Akun");
  await page.getByText("Semua RT yang dikenal mempunyai Pembina Keluarga.").waitFor();
  await openAccount(administrator, "Pembina Keluarga 1");
  const tree = page.getByRole("group", { name: "Wilayah Puskesmas" });
  await tree.getByRole("checkbox", { name: "Cileunyi Kulon" }).uncheck();
  await tree.getByRole("button", { name: "RW/RT di Cileunyi Kulon" }).click();
  await tree.getByRole("button", { name: "RT di RW 001" }).click();
  await tree.getByRole("checkbox", { name: "RT 002/RW 001" }).check();
  await tree.getByText("sebagian dipilih").first().waitFor();
  await tree.getByText("juga: Pembina Keluarga 2").waitFor();
  await typeOther(page);
  const chosen = page.getByRole("list", { name: "Wilayah yang dipilih" });
  await until(async () => (await chosen.getByRole("listitem").count()) === 2, "two areas are chosen");
  await lookInAll(administrator, "akun-wilayah");
  await page.getByRole("button", { name: "Lihat dampak" }).click();
  await page.getByText("Berkurang: 1 RT dengan 2 keluarga").waitFor();
  await until(async () => (await focusedName(page)) === "Dampak perubahan", "what it would do takes the focus");
  await page.getByText("RT tanpa Pembina Keluarga sesudahnya: 1").waitFor();
  await page.getByText(/^hilang: belum pernah selesai sinkron/).waitFor();
  await lookInAll(administrator, "akun-wilayah-dampak");
  must((await self(browser, size, "surveyor1")).account.assignedAreas.join() === village, "a look changes nothing");
  const question = agree(page);
  await page.getByRole("button", { name: "Simpan wilayah tugas" }).click();
  must((await question).includes("menunggu keputusan supervisor"), "what becomes of unsent work is said before");
  await page.getByText("Wilayah tugas tersimpan.").waitFor();
  await until(async () => (await focusedName(page)) === "Wilayah tugas", "the focus is not lost with what was saved");
  const areas = (await self(browser, size, "surveyor1")).account.assignedAreas.join();
  must(areas === `${village}/001/002,${village}/009/009`, `the surveyor's next sign-in has the areas: ${areas}`);
  must((await ask("held", { device: "surveyor1" })).families === 3, "the device drops the families that left the surveyor");
  await choose(administrator, "Akun");
  await page.getByText("1 RT belum mempunyai Pembina Keluarga.").waitFor();
  await page.getByText("Cileunyi Kulon: 1 RT, 2 keluarga").click();
  await page.getByText("Wilayah setiap Pembina Keluarga").click();
  await lookInAll(administrator, "akun-pembagian");
  await page.getByRole("link", { name: "Periksa hak akses" }).click();
  await page.getByText("lebih dari satu perangkat").first().waitFor();
  await lookInAll(administrator, "akun-hak-akses");
  await administrator.context.close();
}

/** An RT that is in no list: a wrong number is told at its field. */
async function typeOther(page) {
  await page.getByText("Tambah RW/RT yang belum ada di daftar").click();
  await page.getByLabel("RW", { exact: true }).fill("9");
  const rt = page.getByLabel("RT", { exact: true });
  await rt.fill("0");
  await page.getByRole("button", { name: "Tambahkan" }).click();
  await page.getByText("Isi angka 1 sampai 999.").waitFor();
  await until(async () => (await rt.getAttribute("aria-invalid")) === "true", "what is wrong is told at its field");
  await rt.fill("9");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Hapus: RT 009/RW 009, Cileunyi Kulon" }).waitFor();
}

/** A lost device: what it held, then it syncs no more; the other one does. By keyboard alone. */
async function devices(browser, size) {
  const administrator = await visit(browser, size);
  const { page } = administrator;
  await signIn(administrator, "administrator");
  await openAccount(administrator, "Pembina Keluarga 1");
  await page.getByRole("button", { name: "Lihat isi: surveyor1" }).waitFor();
  await tabTo(page, /^Lihat isi: surveyor1$/);
  await page.keyboard.press("Enter");
  await page.getByText(/Keluarga di wilayah itu sekarang: 3\./).waitFor();
  await until(async () => (await focusedName(page)) === "Isi perangkat surveyor1", "what a device held takes the focus");
  await lookInAll(administrator, "akun-perangkat");
  await tabTo(page, /^Lihat isi: hilang$/, "Shift+Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Isi perangkat hilang" }).waitFor();
  let question = agree(page, false);
  await tabTo(page, /^Cabut perangkat: hilang$/);
  await page.keyboard.press("Enter");
  must(/tidak dapat dibatalkan[\s\S]*diserahkan dahulu[\s\S]*dihapus dari perangkat/.test(await question), "what can't be undone and what becomes of unsent work is said before");
  must((await page.getByText("Perangkat dicabut.").count()) === 0, "who says no has revoked nothing");
  await ask("sync", { device: "hilang" });
  await ask("collect", { device: "hilang", families: 1, place: "001/002", seed: 3 });
  question = agree(page);
  await page.keyboard.press("Enter");
  await question;
  await page.getByText("Perangkat dicabut.").waitFor();
  const { refused } = await ask("held", { device: "hilang" });
  must(/dicabut izinnya dan data Anda di sini dihapus/.test(refused), `the device syncs no more: ${refused}`);
  must((await ask("held", { device: "surveyor1" })).refused === "", "the other device does");
  await until(async () => (await focusedName(page)) === "Lihat isi: hilang", "the focus stays at the device");
  await until(async () => (await page.getByRole("button", { name: /^Cabut perangkat/ }).count()) === 1, "what is revoked is not offered again");
  await page.getByText(/^Dicabut .*\.$/).waitFor(); // in what the device held, which was open
  await lookInAll(administrator, "akun-perangkat-dicabut");
  await administrator.context.close();
}

/** Who is signed in elsewhere has to sign in again. */
async function sessions(browser, size) {
  const supervisor = await visit(browser, size);
  await signIn(supervisor, "supervisor");
  const administrator = await visit(browser, size);
  const { page } = administrator;
  await signIn(administrator, "administrator");
  await openAccount(administrator, "Supervisor Contoh");
  const question = agree(page);
  await page.getByRole("button", { name: /^Akhiri sesi: Chrome di Linux/ }).click();
  must((await question).includes("masuk lagi"), "what follows is said before");
  await page.getByText("Sesi diakhiri.").waitFor();
  await page.getByText("Tidak ada sesi.").waitFor();
  await choose(supervisor, "Konflik").catch(() => undefined);
  await supervisor.page.getByRole("dialog", { name: "Masuk lagi untuk melanjutkan" }).waitFor();
  await openAccount(administrator, "Administrator Contoh");
  await page.getByText("sesi ini").waitFor();
  await lookInAll(administrator, "akun-sesi");
  await supervisor.context.close();
  await administrator.context.close();
}

/** The head names a surveyor acting supervisor, and ends it again. */
async function actingSupervisor(browser, size) {
  const head = await visit(browser, size);
  const { page } = head;
  await signIn(head, "kepala");
  await choose(head, "Akun");
  await page.getByText("Saat ini tidak ada supervisor sementara.").waitFor();
  const name = page.getByRole("button", { name: "Tunjuk supervisor sementara" });
  await name.click();
  await until(async () => (await page.getByText("Wajib diisi.").count()) === 2, "person and date are asked for");
  await page.getByLabel("Orang", { exact: true }).selectOption({ label: "Pembina Keluarga 1 (surveyor1)" });
  const date = page.getByLabel("Sampai dengan tanggal");
  await date.fill(inDays(120));
  await date.blur();
  await name.click();
  await page.getByText(/^Isi tanggal dari hari ini sampai/).waitFor();
  await until(async () => (await date.getAttribute("aria-invalid")) === "true", "a date that can't be is told at its field");
  await lookInAll(head, "akun-sementara-salah");
  await date.fill(inDays(89));
  await date.blur();
  let question = agree(page);
  await name.click();
  must((await question).includes("Pembina Keluarga 1"), "who and until when is asked once more");
  await page.getByText("Supervisor sementara ditunjuk.").waitFor();
  await page.getByText(/^Supervisor sementara sampai/).waitFor();
  await lookInAll(head, "akun-sementara");
  must((await self(browser, size, "surveyor1")).rights.includes("RIGHT_REVIEW"), "at the next sign-in the surveyor reviews");
  question = agree(page);
  await page.getByRole("button", { name: "Akhiri sekarang: Pembina Keluarga 1" }).click();
  await question;
  await page.getByText("Saat ini tidak ada supervisor sementara.").waitFor();
  must(!(await self(browser, size, "surveyor1")).rights.includes("RIGHT_REVIEW"), "and no longer when it was ended");
  must((await page.getByRole("heading", { name: "Pembagian wilayah" }).count()) === 0, "a head does not assign");
  await head.context.close();
}

/** A supervisor reads surveyors, their areas and devices, and changes nothing. */
async function onlyReads(browser, size) {
  const supervisor = await visit(browser, size);
  const { page } = supervisor;
  await signIn(supervisor, "supervisor");
  await choose(supervisor, "Akun");
  must((await page.getByRole("heading", { name: /^(Supervisor sementara|Pembagian wilayah)$/ }).count()) === 0, "a supervisor neither names nor assigns");
  await openAccount(supervisor, "Pembina Keluarga 1");
  await page.getByText("RT 002/RW 001, Cileunyi Kulon").first().waitFor();
  await page.getByRole("button", { name: "Lihat isi: surveyor1" }).waitFor();
  must((await page.getByRole("button", { name: /^(Cabut|Akhiri sesi|Lihat dampak)/ }).count()) === 0, "a supervisor revokes, ends and assigns nothing");
  await lookInAll(supervisor, "akun-dibaca");
  await choose(supervisor, "Karantina");
  await page.getByRole("button", { name: "Terima" }).first().waitFor(); // what the revoked device had not sent
  await page.goto(`${settings.base}/#/akun/999999`);
  await page.getByText("Akun ini tidak ada").waitFor();
  await supervisor.context.close();
}

/** A village goes to another Puskesmas while an administrator chooses it: that is told where it is chosen. */
async function villageIsLost(browser, size) {
  const administrator = await visit(browser, size);
  const { page } = administrator;
  await signIn(administrator, "administrator");
  await openAccount(administrator, "Pembina Keluarga 1");
  await page.getByRole("checkbox", { name: "Cibiru Wetan" }).check();
  await ask("loseVillage");
  await page.getByRole("button", { name: "Lihat dampak" }).click();
  await page.getByText("“Cibiru Wetan, seluruhnya” bukan wilayah Puskesmas ini.").waitFor();
  administrator.wrong.length = 0; // the browser reports the refusal that was asked for
  await lookInAll(administrator, "akun-wilayah-salah");
  await page.getByRole("button", { name: "Hapus: Cibiru Wetan, seluruhnya" }).click();
  await until(async () => (await focusedName(page)) === "Wilayah yang dipilih", "the focus is not lost with what was taken out");
  await page.getByText("Wilayah yang dipilih sama dengan wilayah sekarang.").waitFor();
  await administrator.context.close();
}

/** What was typed of new people and chosen for a surveyor is there when its writer comes back; who would lose it is asked. */
async function typedStays(browser, size) {
  const administrator = await visit(browser, size);
  const { page } = administrator;
  await signIn(administrator, "administrator");
  await choose(administrator, "Akun");
  await page.getByRole("button", { name: "Tambah orang" }).click();
  await page.getByLabel("Nama lengkap dengan gelar").fill("Sari Baru");
  await openAccount(administrator, "Pembina Keluarga 2");
  await page.getByRole("checkbox", { name: "Cileunyi Kulon" }).check();
  await page.getByText("Tambah RW/RT yang belum ada di daftar").click();
  await page.getByLabel("RW", { exact: true }).fill("7");
  await choose(administrator, "Akun");
  await until(async () => (await page.getByLabel("Nama lengkap dengan gelar").inputValue()) === "Sari Baru", "the new person is still typed");
  await openAccount(administrator, "Pembina Keluarga 2");
  await page.getByRole("button", { name: "Hapus: Cileunyi Kulon, seluruhnya" }).waitFor();
  await until(async () => (await page.getByLabel("RW", { exact: true }).inputValue()) === "7", "the RW is still typed");
  await lookInAll(administrator, "akun-wilayah-belum-disimpan");
  await refuseReload(page);
  const question = agree(page, false);
  await askToLeave(page);
  must((await question).includes("belum disimpan"), "who would lose it by signing out is asked");
  await page.getByRole("button", { name: "Batalkan perubahan" }).click();
  await page.getByText("Wilayah yang dipilih sama dengan wilayah sekarang.").waitFor();
  await until(async () => (await focusedName(page)) === "Wilayah tugas", "the focus is not lost with the button");
  await refuseReload(page); // the person
  await choose(administrator, "Akun");
  await page.getByRole("button", { name: "Hapus orang 1" }).click();
  await page.reload(); // where nothing would be lost, nothing is asked
  await page.getByRole("button", { name: "Tambah orang" }).waitFor();
  await until(async () => (await page.getByLabel("Nama lengkap dengan gelar").count()) === 0, "who was taken out is gone");
  await administrator.context.close();
}

/** A surveyor who lost a phone revokes it, and ends a session elsewhere, without asking anybody. */
async function ownDevice(browser, size) {
  const elsewhere = await visit(browser, size);
  await signIn(elsewhere, "surveyor2");
  const surveyor = await visit(browser, size);
  const { page } = surveyor;
  await signIn(surveyor, "surveyor2");
  await openMenu(page);
  await page.getByRole("link", { name: "Akun saya", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Akun saya" }).waitFor();
  await page.getByText("sesi ini").waitFor();
  await lookInAll(surveyor, "akun-saya");
  let question = agree(page);
  await page.getByRole("button", { name: /^Akhiri sesi: Chrome di Linux/ }).click();
  await question;
  await page.getByText("Sesi diakhiri.").waitFor();
  await elsewhere.page.reload();
  await elsewhere.page.getByText("Sesi Anda telah berakhir.").waitFor();
  question = agree(page);
  await page.getByRole("button", { name: "Cabut perangkat: surveyor2" }).click();
  must((await question).includes("tidak dapat dibatalkan"), "what can't be undone is said before");
  await page.getByText("Perangkat dicabut.").waitFor();
  await lookInAll(surveyor, "akun-saya-dicabut");
  const { refused } = await ask("held", { device: "surveyor2" });
  must(/dicabut izinnya dan data Anda di sini dihapus/.test(refused), `the device syncs no more: ${refused}`);
  await surveyor.context.close();
  await elsewhere.context.close();
}

/** A new code, then the account is disabled: what each does is said before. */
async function codeAndEnd(browser, size) {
  const administrator = await visit(browser, size);
  const { page } = administrator;
  await signIn(administrator, "administrator");
  await choose(administrator, "Akun");
  await page.getByRole("button", { name: "Buat akun petugas" }).click();
  await page.getByText("Semua orang yang telah disetujui sudah mempunyai akun.").waitFor();
  administrator.wrong.length = 0; // the browser reports the refusal that was asked for
  await lookInAll(administrator, "akun-petugas-tidak-ada");
  let question = agree(page);
  await page.getByRole("button", { name: "Kode baru: surveyor2" }).click();
  must(/Kata sandi[\s\S]*tidak berlaku lagi dan semua sesi berakhir/.test(await question), "what a new code ends is said before");
  const code = page.getByText(/^Kode baru untuk Pembina Keluarga 2\./);
  await code.waitFor();
  await until(async () => (await focusedName(page)).includes("Kode baru untuk Pembina Keluarga 2."), "the code has the focus");
  await until(() => inView(code), "and is seen");
  await codeStays(administrator);
  question = agree(page);
  await page.getByRole("button", { name: "Nonaktifkan: surveyor2" }).click();
  must(/sesi berakhir[\s\S]*keputusan supervisor/.test(await question), "what becomes of unsent work is said before");
  await page.getByRole("button", { name: "Aktifkan lagi: surveyor2" }).waitFor();
  await until(() => inView(page.getByText("Tersimpan.")), "that it is done is seen");
  await administrator.context.close();
}

/** A code is there until it is said to be noted. */
async function codeStays(visitor) {
  const { page } = visitor;
  const card = page.getByRole("region", { name: "Kode sekali pakai" });
  const shown = await card.locator(".code").innerText();
  await openAccount(visitor, "Pembina Keluarga 1");
  await choose(visitor, "Akun");
  await until(async () => (await card.locator(".code").innerText()) === shown, "a code outlives its page");
  await lookInAll(visitor, "akun-kode");
  await refuseReload(page);
  const question = agree(page, false);
  await askToLeave(page);
  must((await question).includes("kode yang belum dicatat"), "who would lose it by signing out is asked");
  await page.getByRole("button", { name: "Sudah dicatat atau diserahkan" }).click();
  await card.waitFor({ state: "detached" });
  must(!(await page.content()).includes(shown), "a code that is noted is seen no more");
}

/** Whether all of it is within the window. */
function inView(what) {
  return what.evaluate((e) => {
    const { top, bottom } = e.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });
}

/** A district reads the administrators of its Puskesmas, not who is signed in as them. */
async function districtReads(browser, size) {
  const district = await visit(browser, size);
  const { page } = district;
  await signIn(district, "dinas");
  await choose(district, "Akun");
  await page.getByRole("button", { name: "Kode baru: administrator" }).waitFor();
  must((await page.getByRole("button", { name: "Nonaktifkan: administrator" }).count()) === 0, "a district disables no administrator");
  await openAccount(district, "Administrator Contoh");
  await page.getByText("Tidak ada perangkat yang terdaftar.").waitFor();
  must((await page.getByRole("heading", { name: "Sesi masuk" }).count()) === 0, "sessions are for who manages an account");
  await choose(district, "Akun");
  await page.getByRole("link", { name: "Periksa hak akses" }).click();
  await page.getByRole("heading", { level: 1, name: "Periksa hak akses" }).waitFor();
  await page.getByRole("link", { name: "Petugas Dinas Kesehatan Contoh" }).click();
  await page.getByText("sesi ini").waitFor();
  await lookInAll(district, "akun-dinas");
  await district.context.close();
}

/** A day so far from today as it is typed. */
function inDays(days) {
  const day = new Date(Date.now() + days * 86_400_000);
  return new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Jakarta" }).format(day);
}
