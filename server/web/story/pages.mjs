// Every role opens what its menu offers; every page is looked at.
import { ask, choose, focusedName, look, lookPrinted, must, namesOnly, open, settings, signIn, until, visit, withBrowser } from "./browser.mjs";

/** Somebody's idea of a name. */
const hostile = `<img src=x onerror=alert(1)>"'><script>alert(2)</script>{{7*7}}\u202e=HYPERLINK("x")`;

/** Who sees figures of more than one village. */
const watchers = ["pusat", "provinsi", "dinas", "kepala", "administrator", "supervisor"];

/** Who looks at every view; the others' differ in their area alone. */
const thorough = ["pusat", "supervisor"];

await withBrowser(async (browser) => {
  const [family, other] = await ask("collect", { device: "surveyor1", families: 12, names: [hostile], place: "001/002", seed: 1 });
  await ask("sync", { device: "surveyor1" });
  await ask("collect", { device: "surveyor1", families: 3, place: "001/003", seed: 2, nkk: 3204050101200001 });
  for (const device of ["surveyor1", "surveyor2"]) await ask("sync", { device });
  await ask("address", { device: "surveyor1", family, address: "Gg. Mawar 1" });
  await ask("address", { device: "surveyor2", family, address: hostile });
  await ask("address", { device: "surveyor1", family: other, address: "Gg. Melati 1" });
  await ask("address", { device: "surveyor2", family: other, address: "Gg. Melati 2" });
  for (const device of ["surveyor1", "surveyor2"]) await ask("sync", { device });
  await ask("stray", { device: "surveyor2" });
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

    for (const user of watchers) {
      const visitor = await visit(browser, size);
      await signIn(visitor, user);
      await visitor.page.getByRole("heading", { name: "Wilayah di bawahnya" }).waitFor();
      await look(visitor, `dasbor-${user}`);
      await otherViews(visitor, user);
      if (user === "dinas") await reportByName(visitor);
      await visitor.context.close();
    }
    await drillDown(browser, size);
    await supervisorsLists(browser, size, family);
    await longLists(browser, size);
    await longNames(browser, size);
    await choicesStay(browser, size);
  }
});

/** What a supervisor decides about, with a name that would like to be markup. */
async function supervisorsLists(browser, size, family) {
  const visitor = await visit(browser, size);
  const { page } = visitor;
  page.on("dialog", () => visitor.wrong.push("a name was run"));
  await signIn(visitor, "supervisor");
  await choose(visitor, "Tinjauan");
  await page.getByRole("link", { name: /^Pembina Keluarga 1, / }).first().waitFor(); // the person, and the user name below
  await page.getByRole("rowheader", { name: /surveyor1$/ }).first().waitFor();
  await page.getByText("Cileunyi Kulon", { exact: true }).first().waitFor();
  await look(visitor, "tinjauan");
  await choose(visitor, "Konflik");
  await page.getByText("Gg. Mawar 1").waitFor();
  await page.getByText(hostile).first().waitFor();
  await page.getByText(/^Pembina Keluarga 2, /).first().waitFor();
  await look(visitor, "konflik"); // two families differ in one register
  await choose(visitor, "Ganda");
  await page.getByRole("heading", { name: "No. KK sama" }).first().waitFor();
  await page.getByText("3204050101200001").first().waitFor();
  await look(visitor, "ganda");
  await choose(visitor, "Karantina");
  await page.getByRole("button", { name: "Terima" }).first().waitFor();
  await page.getByText(/^Pembina Keluarga 2, perangkat nomor/).first().waitFor();
  await page.getByRole("heading", { name: /Cileunyi Kulon/ }).first().waitFor();
  await page.getByText("Puskesmas Cileunyi (contoh)", { exact: true }).first().waitFor();
  await namesOnly(visitor, "Karantina");
  await look(visitor, "karantina");
  await open(visitor, `/keluarga/${family}`);
  await page.getByRole("heading", { level: 1, name: hostile }).waitFor();
  await page.getByText(/^Pembina Keluarga 2, /).first().waitFor(); // of a value in conflict
  await page.getByText("Riwayat").click();
  await page.getByText("Pembina Keluarga 1").first().waitFor();
  await page.getByText("Cileunyi Kulon", { exact: true }).waitFor();
  await page.getByText("Puskesmas: Puskesmas Cileunyi (contoh)", { exact: true }).first().waitFor();
  await namesOnly(visitor, "Riwayat");
  await look(visitor, "keluarga");
  await visitor.context.close();
}

/** A list that has more than a page says so, and goes on. */
async function longLists(browser, size) {
  const visitor = await visit(browser, size);
  const { page } = visitor;
  const more = page.getByRole("button", { name: "Muat lebih banyak" });
  await signIn(visitor, "supervisor");
  await page.route("**/v1/review/batches?*", (route) => route.continue({ url: route.request().url().replace("pageSize=200", "pageSize=1") }));
  await choose(visitor, "Tinjauan");
  const batches = page.getByRole("table").getByRole("link");
  await more.waitFor();
  await until(async () => (await batches.count()) === 1, "the first page is one batch");
  await look(visitor, "tinjauan-halaman");
  await more.click();
  await batches.nth(1).waitFor();
  for (const [title, path] of [["Konflik", "conflicts"], ["Karantina", "quarantine"], ["Ganda", "duplicates"]]) {
    await page.route(`**/v1/${path}?*`, (route) => route.continue({ url: route.request().url().replace(/pageSize=\d+/, "pageSize=1") }));
    await choose(visitor, title);
    if (path === "duplicates") await withDismissed(page);
    await more.waitFor();
    const shown = await page.getByRole("article").count();
    await more.click();
    await until(async () => (await page.getByRole("article").count()) > shown, `${title} goes on past its first page`);
  }
  await page.route("**/v1/forms:search", (route) => route.continue({ postData: { ...route.request().postDataJSON(), pageSize: 1 } }));
  await choose(visitor, "Entri formulir");
  await more.click();
  await page.locator("a[href^='#/entri/']").filter({ hasText: "RT" }).nth(1).waitFor();
  await visitor.context.close();

  const office = await visit(browser, size);
  await signIn(office, "dinas");
  const stored = office.page.getByRole("button", { name: "Muat lebih banyak" });
  for (const [title, path, page1, page2] of [
    ["Kasus ganda", "duplicates/cases", { cases: [{ number: "AAAA" }] }, { cases: [{ number: "BBBB" }] }],
    ["Pendaftaran", "registrations", { registrations: [{ registration: 41 }] }, { registrations: [{ registration: 42 }] }],
  ]) {
    const answer = (route) => route.fulfill({ json: /pageToken=b/.test(route.request().url()) ? page2 : { ...page1, nextPageToken: "b" } });
    await office.page.route(`**/v1/${path}?*`, answer);
    await choose(office, title);
    if (path === "registrations") await failsOnce(office, path, stored); // the other list asks again by itself
    await stored.click();
    await office.page.getByRole("row").nth(2).waitFor();
    await until(async () => (await stored.count()) === 0, `the last page of ${title} has no more`);
    await office.page.unroute(`**/v1/${path}?*`, answer);
  }
  await office.context.close();
}

async function withDismissed(page) {
  const answered = page.waitForResponse((r) => /duplicates\?.*includeDismissed=true/.test(r.url()));
  await page.getByLabel("Tampilkan juga yang diabaikan").check();
  await answered;
}

/** A page that does not come leaves what is shown, says so, and the button keeps the focus. */
async function failsOnce({ page, wrong }, path, more) {
  const fails = (route) => route.fulfill({ status: 503, json: { code: 14, message: "Server sibuk." } });
  await more.waitFor();
  await page.route(`**/v1/${path}?*`, fails);
  await more.focus();
  await page.keyboard.press("Enter");
  await page.getByText(/^Sambungan terganggu/).waitFor();
  await until(async () => (await page.getByRole("row").count()) === 2, "what is shown stays where the next page fails");
  await until(async () => (await focusedName(page)) === "Muat lebih banyak", "the button keeps the focus");
  await page.unroute(`**/v1/${path}?*`, fails);
  wrong.length = 0; // the browser reports the failure that was asked for
}

/** One word wider than a phone as the name of Puskesmas and village; surveyors in the order in which people count. */
async function longNames(browser, size) {
  const visitor = await visit(browser, size);
  const { page } = visitor;
  await signIn(visitor, "supervisor-p3204070101");
  for (const [place, ...views] of [
    ["puskesmas/P3204070101", "dasbor", "pengumpulan", "indikator", "perubahan", "intervensi"],
    ["wilayah/32.04.07.2001", "dasbor", "pengumpulan", "indikator", "perubahan", "intervensi"],
    ["P3204070101", "laporan"],
  ]) {
    for (const view of views) {
      await open(visitor, `/${view}/${place}`);
      await page.getByRole("heading", { name: /Panjangsekali/ }).first().waitFor();
      await look(visitor, `panjang-${view}-${place.split("/")[0]}`);
    }
  }
  const surveyors = ["surveyor1", "surveyor10", "surveyor2"].map((name, i) => ({ account: i + 1, name }));
  await page.route("**/report?*", async (route) => route.fulfill({ json: { ...(await (await route.fetch()).json()), surveyors } }));
  await page.reload();
  const rows = page.getByRole("region", { name: "Pembina Keluarga" }).getByRole("rowheader");
  await rows.nth(2).waitFor();
  const shown = await rows.allInnerTexts();
  must(shown.join() === "surveyor1,surveyor2,surveyor10", `surveyors stand as people count: ${shown}`);
  await visitor.context.close();
}

/** Basis, membership and year stay: on other views, in areas below, after Back and after a reload. */
async function choicesStay(browser, size) {
  const visitor = await visit(browser, size);
  const { page } = visitor;
  await signIn(visitor, "supervisor");
  await open(visitor, "/indikator/wilayah/32.04.05.2001?tahun=2099");
  await page.getByRole("heading", { name: "Urutan prioritas" }).waitFor(); // a year to come is none
  await open(visitor, "/");
  const labels = ["Dasar data", "Anggota yang dihitung", "Tahun survei"];
  await page.getByLabel("Tahun survei").locator("option").nth(1).waitFor({ state: "attached" });
  await page.getByLabel("Dasar data").selectOption({ label: "Terverifikasi" });
  await page.getByLabel("Anggota yang dihitung").selectOption({ label: "Keluarga besar" });
  const indexed = page.waitForResponse((r) => /\/index\?.*surveyYear=/.test(r.url()));
  await page.getByLabel("Tahun survei").focus();
  await page.getByLabel("Tahun survei").selectOption({ index: 1 });
  await indexed;
  await until(async () => (await focusedName(page)) === "Tahun survei", "a choice keeps the focus", () => focusedName(page));
  const chosen = () => Promise.all(labels.map((label) => page.getByLabel(label).evaluate((e) => e.selectedOptions[0].textContent)));
  const before = (await chosen()).join();
  const same = (where) => until(async () => (await chosen()).join() === before, `the choices stay ${where} as ${before}`, chosen);
  await page.getByRole("link", { name: "Indikator", exact: true }).last().click();
  await page.getByRole("heading", { name: "Urutan prioritas" }).waitFor();
  await same("on another view");
  await page.getByRole("navigation", { name: "Cara melihat wilayah" }).getByRole("link", { name: "Dasbor", exact: true }).click();
  await page.getByRole("table").getByRole("link", { name: "Cileunyi Kulon" }).first().click();
  await page.getByRole("heading", { level: 1, name: /Cileunyi Kulon/ }).waitFor();
  await same("in a village");
  await page.reload();
  await page.getByRole("heading", { level: 1, name: /Cileunyi Kulon/ }).waitFor();
  await same("after a reload");
  await page.getByLabel("Dasar data").selectOption({ label: "Sementara" });
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: /Puskesmas/ }).waitFor();
  await same("after Back");
  await visitor.context.close();
}

/** A view by the rounds of one survey year, whichever there is; question is what it asks by it. */
async function oneYear(visitor, user, view, question) {
  const { page } = visitor;
  const years = page.getByLabel("Tahun survei");
  const latest = await years.locator("option").nth(1).textContent();
  const headings = await page.getByRole("heading", { level: 1 }).evaluate((heading) => {
    window.headings = [heading.textContent];
    new MutationObserver(() => window.headings.push(heading.textContent)).observe(heading, { subtree: true, childList: true, characterData: true });
    return window.headings;
  });
  const answered = page.waitForResponse((r) => new RegExp(`/${question}\\?.*surveyYear=${latest}`).test(r.url()));
  await years.selectOption({ label: latest });
  must((await answered).ok(), `${question} is answered by survey year`);
  if (user === "supervisor") await look(visitor, `${view}-tahun`);
  await years.selectOption({ index: 0 });
  const shown = await page.evaluate(() => window.headings);
  must(shown.every((heading) => heading === headings[0]), `the heading stays while figures are read anew: ${shown.join(" | ")}`);
}

/** Visits that were noted are fewer than families that were reached: both say what they count. */
async function visitsAreTold(page) {
  const reached = page.locator("dl > div").filter({ hasText: "Dikunjungi atau terdata" });
  await until(async () => !/^0/.test((await reached.locator("dd").innerText()).trim()), "families surveyed without a note of a visit are reached");
  await page.getByText(/^Catatan kunjungan: setiap kunjungan yang dicatat/).waitFor();
  await page.getByText("Catatan kunjungan", { exact: true }).first().waitFor({ state: "attached" });
}

/** The other ways to look at an area, and help. */
async function otherViews(visitor, user) {
  if (!thorough.includes(user)) return;
  const { page } = visitor;
  await choose(visitor, "Pengumpulan");
  await page.getByRole("heading", { name: "Menurut hari" }).waitFor();
  await page.getByRole("heading", { name: "Menurut wilayah" }).waitFor();
  if (user === "supervisor") await visitsAreTold(page);
  await look(visitor, `pengumpulan-${user}`);
  await lookPrinted(visitor, `pengumpulan-cetak-${user}`);
  await choose(visitor, "Indikator");
  await page.getByRole("heading", { name: "Urutan prioritas" }).waitFor();
  await page.getByRole("heading", { name: "Perbandingan wilayah" }).waitFor();
  await look(visitor, `indikator-${user}`);
  await oneYear(visitor, user, "indikator", "trend");
  await page.getByRole("link", { name: "Perubahan", exact: true }).click();
  await page.getByRole("heading", { name: "Menurut sebab" }).waitFor();
  await page.getByRole("heading", { name: "Menurut indikator" }).waitFor();
  await look(visitor, `perubahan-${user}`);
  await oneYear(visitor, user, "perubahan", "change");
  const families = page.getByRole("link", { name: "Keluarga prioritas", exact: true });
  if ((await families.count()) > 0) {
    await families.click();
    await page.getByRole("columnheader", { name: "Tidak terpenuhi" }).waitFor();
    await look(visitor, `intervensi-${user}`);
  }
  await open(visitor, "/kata-sandi");
  await page.getByRole("heading", { level: 1, name: "Ganti kata sandi" }).waitFor();
  await look(visitor, `kata-sandi-${user}`);
  const menu = page.getByRole("button", { name: "Menu", exact: true });
  if (await menu.isVisible()) await menu.click();
  await look(visitor, `menu-${user}`);
  if (await menu.isVisible()) await menu.click();
  await choose(visitor, "Jejak audit");
  await page.getByRole("row").nth(1).waitFor();
  if (user === "supervisor") await page.getByText(`Puskesmas Cileunyi (contoh) (${settings.puskesmas})`).first().waitFor();
  await look(visitor, `audit-${user}`);
  await searchTrail(visitor);
  await choose(visitor, "Bantuan");
  await page.getByRole("heading", { name: "Kontak", exact: true }).waitFor();
  await look(visitor, `bantuan-${user}`);
}

/** Who acted has a number, by which the trail is searched; what is no number searches nothing. */
async function searchTrail({ page }) {
  const number = /#(\d+)/.exec(await page.getByRole("table").innerText())?.[1];
  must(number, "accounts are shown with their numbers");
  await page.getByLabel("Nomor akun").fill("abc");
  await page.getByText("Isi nomor akun, seperti 12").waitFor();
  must((await page.getByRole("table").count()) === 0, "what is no number lists nothing");
  await page.getByLabel("Nomor akun").fill(number);
  await page.getByRole("row").nth(1).waitFor();
  const others = page.getByRole("row").filter({ hasText: "#" }).filter({ hasNotText: `#${number}` });
  await until(async () => (await others.count()) === 0, `the trail is of #${number} alone`);
}

/** A district chooses its Puskesmas by name; a code that is none is told. */
async function reportByName(visitor) {
  const { page } = visitor;
  await choose(visitor, "Laporan");
  await page.getByRole("combobox", { name: "Puskesmas" }).selectOption(settings.puskesmas);
  await page.getByRole("heading", { name: "Cakupan 12 indikator" }).waitFor();
  await look(visitor, "laporan-dinas");
  await open(visitor, "/laporan/P9999999999");
  await page.getByText("Tidak ada Puskesmas dengan kode").waitFor();
  visitor.wrong.length = 0; // the browser reports the refusal that was asked for
}

/** The nation down to an RT, then back by the address alone after a reload. */
async function drillDown(browser, size) {
  const visitor = await visit(browser, size);
  const { page } = visitor;
  await signIn(visitor, "pusat");
  for (const name of ["JAWA BARAT", "BANDUNG", "CILEUNYI", "Cileunyi Kulon", "RW 001", "RT 002/RW 001"]) {
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
