// What goes wrong, as a user sees it: a wrong password, an account that leaves or
// changes in another window, an area without data or
// not one's own, a session that ends and a server that goes away while somebody
// types, scripts that are gone after a deploy. What was typed is kept, and there
// is a way on.
import { ask, choose, fillPlace, focusedName, leave, look, must, open, settings, signIn, until, visit, withBrowser } from "./browser.mjs";

await withBrowser(async (browser) => {
  for (const size of settings.looks) {
    await wrongPassword(browser, size);
    await leftEverywhere(browser, size);
    await notOnesOwn(browser, size);
    await nothingYet(browser, size);
    await leftBeforeAQuestion(browser, size);
    const clerk = await visit(browser, size);
    await signIn(clerk, "supervisor");
    await sessionEnds(clerk);
    await serverGoesAway(clerk);
    await scriptsAreGone(clerk);
    await clerk.context.close();
  }
  await unchangedFigures(browser, settings.looks[0]);
});

async function wrongPassword(browser, size) {
  const guest = await visit(browser, size);
  const { page } = guest;
  await page.goto(settings.base);
  await page.getByRole("button", { name: "Masuk" }).click();
  const missing = await page.getByLabel("Nama pengguna").evaluate((input) => input.validationMessage);
  must(missing === "Wajib diisi.", `what is missing is told in Indonesian, not "${missing}"`);
  await page.getByLabel("Nama pengguna").fill("supervisor");
  await page.getByLabel("Kata sandi", { exact: true }).fill("bukan yang benar");
  await page.getByRole("button", { name: "Masuk" }).click();
  await page.getByRole("alert").waitFor();
  await until(async () => (await page.getByLabel("Nama pengguna").inputValue()) === "supervisor", "the user name is kept");
  await until(async () => (await focusedName(page)) === "Kata sandi", "the password is to be typed again");
  await look(guest, "salah-kata-sandi", { failing: true });
  await open(guest, "/bantuan");
  await page.getByRole("link", { name: "Ke halaman masuk" }).click();
  await page.getByRole("button", { name: "Masuk" }).waitFor();
  await open(guest, "/%E0%A4%A"); // no address at all
  await page.getByRole("button", { name: "Masuk" }).waitFor();
  await guest.context.close();
}

/** Two windows of one browser: who leaves in one, or comes in as somebody else, leaves nothing on the screen of the other. */
async function leftEverywhere(browser, size) {
  const first = await visit(browser, size);
  await signIn(first, "supervisor");
  const second = { ...first, page: await first.context.newPage() };
  await second.page.goto(`${settings.base}/#/entri/baru`);
  await second.page.getByLabel("Nama Kepala Keluarga").fill("Wahyu Hidayat");
  await leave(first);
  await second.page.getByText("Anda keluar di jendela lain.").waitFor();
  await look(second, "salah-jendela-lain", { failing: true }); // what was under way is refused
  must(!(await second.page.content()).includes("Supervisor Contoh"), "nobody is named any more");
  await enter(first, "supervisor");
  await enter(second, "kepala");
  await first.page.getByText("Akun lain masuk di jendela lain.").waitFor();
  must(!(await first.page.content()).includes("Supervisor Contoh"), "the account before is not named any more");
  for (const { page } of [first, second]) {
    await page.reload();
    await page.getByText("Masuk sebagai Kepala").waitFor({ state: "attached" });
  }
  await first.context.close();
}

/** Signs in where the sign-in page is already. */
async function enter({ page }, user) {
  await page.getByLabel("Nama pengguna").fill(user);
  await page.getByLabel("Kata sandi", { exact: true }).fill(settings.password);
  await page.getByRole("button", { name: "Masuk" }).click();
  await page.getByRole("banner").waitFor();
}

/** Another district's figures, a page without the right, a family that is nobody's. */
async function notOnesOwn(browser, size) {
  const visitor = await visit(browser, size);
  const { page } = visitor;
  await signIn(visitor, "kepala");
  await open(visitor, "/dasbor/wilayah/31");
  await page.getByRole("alert").waitFor();
  await page.getByRole("heading", { level: 1 }).waitFor();
  await look(visitor, "salah-wilayah-lain", { failing: true });
  for (const view of ["pengumpulan", "indikator"]) {
    const asked = page.waitForResponse((r) => /\/(trend|days)\b/.test(r.url()));
    await open(visitor, `/${view}/wilayah/31`);
    await page.getByRole("heading", { level: 1, name: new RegExp(view, "i") }).waitFor();
    await asked;
    await page.getByRole("alert").first().waitFor();
    await until(async () => (await page.getByRole("alert").count()) === 1, `${view} tells one failure once`);
  }
  await open(visitor, "/keluarga/00000000-0000-7000-8000-000000000000");
  await page.getByText("Data tidak ditemukan").waitFor();
  await page.getByRole("button", { name: "Kembali" }).waitFor();
  await look(visitor, "salah-tidak-ada", { failing: true });
  await open(visitor, "/tinjauan");
  await page.getByRole("heading", { name: "Anda tidak berhak membuka halaman ini" }).waitFor();
  await look(visitor, "salah-tanpa-hak", { failing: true });
  await page.getByRole("link", { name: "Ke halaman awal" }).click();
  await page.getByRole("heading", { name: "Wilayah di bawahnya" }).waitFor();
  await visitor.context.close();
}

/** Every list has its sentence where there is nothing in it. */
async function nothingYet(browser, size) {
  const visitor = await visit(browser, size);
  const { page } = visitor;
  await signIn(visitor, "supervisor");
  await page.getByRole("heading", { name: "Wilayah di bawahnya" }).waitFor();
  await look(visitor, "kosong-dasbor");
  for (const [title, name] of [
    ["Tinjauan", "tinjauan"],
    ["Konflik", "konflik"],
    ["Karantina", "karantina"],
    ["Ganda", "ganda"],
  ]) {
    await choose(visitor, title);
    await page.getByText(/^(Tidak ada|Belum ada) /).first().waitFor();
    await look(visitor, `kosong-${name}`);
  }
  await visitor.context.close();
}

/** Who leaves a question leaves it unanswered: by Back, or by walking away until they are signed out. */
async function leftBeforeAQuestion(browser, size) {
  const visitor = await visit(browser, size);
  const { page } = visitor;
  const question = page.getByRole("dialog", { name: /^Nonaktifkan Kepala Puskesmas Contoh\?$/ });
  const disable = page.getByRole("button", { name: "Nonaktifkan: kepala" });
  await page.clock.install();
  await signIn(visitor, "administrator");
  await choose(visitor, "Akun");
  await disable.click();
  await question.waitFor();
  await look(visitor, "akun-tanya");
  await page.goBack();
  await page.getByRole("heading", { name: "Wilayah di bawahnya" }).waitFor();
  must((await question.count()) === 0, "a question leaves with the page that asked it");
  await choose(visitor, "Akun");
  await disable.click();
  await question.waitFor();
  await page.clock.fastForward("31:00");
  await page.getByText(/^Anda dikeluarkan karena lama tidak ada kegiatan/).waitFor();
  must((await page.getByRole("dialog").count()) === 0, "who is signed out leaves no question");
  must(!(await page.content()).includes("Kepala Puskesmas Contoh"), "nobody is named any more");
  await enter(visitor, "administrator");
  await choose(visitor, "Akun");
  await disable.waitFor(); // and nothing was done
  await visitor.context.close();
}

/** The session ends on the server while a form is filled in. */
async function sessionEnds(clerk) {
  const { page, context } = clerk;
  await choose(clerk, "Entri formulir");
  await page.getByRole("button", { name: "Formulir baru" }).click();
  await fillPlace(page, "7/3");
  await page.getByLabel("Nama Kepala Keluarga").fill("Wahyu Hidayat");
  await page.getByLabel("Pengumpul data").fill("Siti Aminah");
  await page.getByLabel("Tanggal kunjungan").fill("01022024");
  await ask("endSessions", { user: "supervisor" });
  await page.getByRole("button", { name: "Ketik pendataan" }).click();
  const dialog = page.getByRole("dialog", { name: "Masuk lagi untuk melanjutkan" });
  await dialog.waitFor();
  await look(clerk, "salah-sesi-berakhir", { failing: true });
  must((await page.locator("main").isVisible()) === false, "nobody reads the page behind");
  await dialog.getByLabel("Kata sandi").fill("bukan yang benar");
  await page.keyboard.press("Enter");
  await dialog.getByRole("alert").waitFor();
  await dialog.getByLabel("Kata sandi").fill(settings.password);
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  clerk.wrong.length = 0;
  await until(async () => (await page.getByLabel("Nama Kepala Keluarga").inputValue()) === "Wahyu Hidayat", "what was typed is there");
  await page.getByRole("button", { name: "Ketik pendataan" }).click();
  await page.getByRole("heading", { name: "Rumah tangga" }).waitFor();
  must((await context.pages()).length === 1, "it goes on in the same window");
}

/** The server is stopped in the middle of an answer, and comes back. */
async function serverGoesAway(clerk) {
  const { page } = clerk;
  const address = page.getByRole("textbox", { name: "Alamat rumah" });
  await address.fill("Jl. Mawar 3");
  await address.blur();
  await page.getByText("Tersimpan di server").waitFor();
  await ask("stopServer");
  try {
    await address.fill("Jl. Mawar 33");
    await address.blur();
    await page.getByText(/Server tidak terjangkau/).first().waitFor();
    await until(async () => (await address.inputValue()) === "Jl. Mawar 33", "what was typed is there");
    await look(clerk, "salah-server-mati", { failing: true });
  } finally {
    await ask("startServer");
  }
  await address.focus();
  await address.fill("Jl. Mawar 34");
  await address.blur();
  await until(async () => (await page.getByText(/Server tidak terjangkau/).count()) === 0, "the answer is saved when the server is back");
  clerk.wrong.length = 0;
}

/** A page left open over a deploy: its scripts are no longer there. */
async function scriptsAreGone(clerk) {
  const { page } = clerk;
  await page.route("**/assets/*.js", (route) => route.fulfill({ status: 404, body: "" }));
  await choose(clerk, "Bantuan");
  await page.getByRole("button", { name: "Muat ulang" }).waitFor();
  await look(clerk, "salah-versi-lama", { failing: true });
  await page.unroute("**/assets/*.js");
  await page.getByRole("button", { name: "Muat ulang" }).click();
  await page.getByRole("heading", { name: "Kontak", exact: true }).waitFor();
  clerk.wrong.length = 0;
}

/** Figures that have not changed are confirmed, not sent again. */
async function unchangedFigures(browser, size) {
  const { context } = await visit(browser, size);
  const signedIn = await (await context.request.post(`${settings.base}/v1/auth:signIn`, { data: { userName: "kepala", password: settings.password } })).json();
  const headers = { Authorization: `Bearer ${signedIn.accessToken}` };
  const address = `${settings.base}/v1/puskesmas/${settings.puskesmas}/index`;
  const etag = (await context.request.get(address, { headers })).headers()["etag"];
  must(etag, "figures carry an ETag");
  const again = await context.request.get(address, { headers: { ...headers, "If-None-Match": etag } });
  must(again.status() === 304, `the same figures are confirmed: ${again.status()}`);
  await context.close();
}
