// A surveyor's phone changes hands without a signal: the colleague asks by a code, the
// supervisor signs on another phone, the families go along, and old and new work keep
// who made them, on the devices and in the history at the Puskesmas.
import { ask, look, must, open, settings, signIn, until, visit, withBrowser } from "./browser.mjs";

const former = "surveyor1";
const colleague = "surveyor3";
const supervisor = "supervisor";

await withBrowser(async (browser) => {
  for (const size of settings.looks) await handOver(browser, size);
});

async function handOver(browser, size) {
  const at = `${size.width}-${size.scheme}`;
  const [begun, added] = [`Keluarga Lama ${at}`, `Keluarga Baru ${at}`];
  await ask("online");
  // The supervisor's first sync publishes the key that signs; the phone's brings it.
  const phone = await device(browser, size, `phone-${at}`, supervisor);
  const tablet = await device(browser, size, `tablet-${at}`, former);
  await ask("offline");
  const old = await tablet.page.evaluate(saveFamily, begun);
  await lock(tablet.page);

  await tablet.page.getByRole("link", { name: "Serahkan perangkat ke rekan" }).click();
  await tablet.page.getByLabel(/^Diteruskan oleh/).fill(colleague);
  await until(async () => (await tablet.page.getByLabel(/^Supervisor yang menandatangani/).inputValue()) === supervisor, "the supervisor is known");
  await look(tablet, "serah-terima-minta");
  await tablet.page.getByRole("button", { name: "Buat kode permintaan" }).click();
  await tablet.page.getByRole("img", { name: "Kode QR" }).waitFor();
  await look(tablet, "serah-terima-permintaan");

  const shown = await tablet.page.locator(".match").innerText();
  const answer = await signOnPhone(phone, await shownCode(tablet.page), shown);
  await tablet.page.getByLabel("Kode jawaban dari supervisor").fill(answer);
  await tablet.page.getByLabel("Kata sandi Anda").fill(settings.password);
  await tablet.page.getByLabel("Ulangi kata sandi").fill(settings.password);
  await tablet.page.getByRole("button", { name: "Terima dan masuk" }).click();
  await tablet.page.getByRole("link", { name: "Hari ini" }).waitFor();
  await tablet.page.getByRole("link", { name: new RegExp(begun) }).waitFor();
  await look(tablet, "serah-terima-diterima");
  await visitHouse(tablet, begun);
  const fresh = await tablet.page.evaluate(saveFamily, added);

  await ask("online");
  await firstSync(tablet);
  for (const [family, want] of [
    [old, [former, colleague]],
    [fresh, [colleague]],
  ]) {
    const { authors } = await ask("authors", { family });
    must(JSON.stringify(authors) === JSON.stringify(want), `the family is by ${want.join(", ")}, not ${authors.join(", ")}`);
  }
  await inHistory(browser, size, old);
  await formerUserReturns(tablet, old);
  for (const visitor of [tablet, phone]) await visitor.context.close();
  await ask("end");
}

/** A new device whose user has synced it once. */
async function device(browser, size, name, user) {
  const app = await ask("launch", { name });
  const visitor = await visit(browser, size);
  const { page } = visitor;
  await page.goto(app.url);
  await page.getByLabel("Tautan penyiapan").fill(app.link);
  await page.getByRole("button", { name: "Simpan" }).click();
  await enter(page, user);
  await sync(page);
  return visitor;
}

/** The supervisor reads the request, looks who it names, compares, and signs. */
async function signOnPhone(phone, code, shown) {
  const { page } = phone;
  await page.getByRole("link", { name: "Tinjauan" }).click();
  await page.getByRole("link", { name: "Serah terima perangkat" }).click();
  await page.getByLabel("Kode permintaan dari perangkat").fill(code);
  await page.getByRole("button", { name: "Periksa" }).click();
  await page.getByText(new RegExp(`\\(${former}\\)`)).waitFor();
  await page.getByText(new RegExp(`\\(${colleague}\\)`)).waitFor();
  await page.getByText("membuka data keluarga").waitFor();
  const compared = await page.locator(".match").innerText();
  must(shown.length === 15 && compared === shown, `both devices show ${shown}, not ${compared}`);
  await look(phone, "serah-terima-periksa");
  await page.getByRole("button", { name: "Benar, tanda tangani" }).click();
  await page.getByRole("img", { name: "Kode QR" }).waitFor();
  await look(phone, "serah-terima-jawaban");
  return shownCode(page);
}

function shownCode(page) {
  return page.locator("p.code").innerText();
}

/** The colleague goes on with a family that the former user began. */
async function visitHouse(tablet, family) {
  const { page } = tablet;
  await page.getByRole("link", { name: new RegExp(family) }).first().click();
  await page.getByRole("heading", { level: 1, name: new RegExp(family) }).waitFor();
  await page.getByRole("button", { name: "Catat kunjungan" }).click();
  await page.getByLabel("Intervensi yang diberikan").fill("Diteruskan rekan");
  await page.getByRole("button", { name: "Simpan" }).click();
  await page.getByRole("heading", { name: "Kunjungan", exact: true }).waitFor();
}

/** The first sync asks for the password, for nobody has proved yet whose the work is. */
async function firstSync(tablet) {
  const { page } = tablet;
  await page.getByRole("link", { name: /^Kirim/ }).click();
  await page.getByRole("button", { name: "Sinkronkan sekarang" }).click();
  await page.getByRole("heading", { name: "Server meminta kata sandi Anda" }).waitFor();
  await look(tablet, "serah-terima-kata-sandi", { failing: true });
  await page.getByLabel("Kata sandi").fill(settings.password);
  await page.getByRole("button", { name: "Kirim kata sandi" }).click();
  await page.getByText("Isi perangkat sama dengan server").waitFor();
  await page.getByText(/^Keluarga Baru/).waitFor(); // in areas of the former user, by the name that the colleague wrote
  await look(tablet, "serah-terima-terkirim", { failing: true });
}

/** At the Puskesmas the family's history names both. */
async function inHistory(browser, size, family) {
  const visitor = await visit(browser, size);
  await signIn(visitor, supervisor);
  await open(visitor, `/keluarga/${family}`);
  await visitor.page.getByText("Riwayat", { exact: true }).click();
  for (const name of ["Pembina Keluarga 1", "Pembina Keluarga 3"]) await visitor.page.locator("details strong", { hasText: name }).waitFor();
  await visitor.page.getByText(/^Pada pendataan: pendataan tanpa tanggal …/).waitFor();
  await look(visitor, "serah-terima-riwayat");
  await visitor.context.close();
}

/** Back in health, the former user finds everything, and nothing arrives twice. */
async function formerUserReturns(tablet, old) {
  const { page } = tablet;
  const { changes } = await ask("authors", { family: old });
  await lock(page);
  await enter(page, former);
  await sync(page);
  const after = await ask("authors", { family: old });
  must(after.changes === changes, `the family has ${changes} changes as before, not ${after.changes}`);
}

async function lock(page) {
  await page.getByRole("link", { name: /^Kirim/ }).click();
  await page.getByRole("button", { name: /^Kunci atau ganti/ }).click();
  await page.getByRole("button", { name: "Masuk" }).waitFor();
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

/** Saves a family with its head, by the page's own calls; gives its id. */
async function saveFamily(headName) {
  const headers = { Authorization: `Bearer ${sessionStorage.getItem("kunci")}` };
  const call = async (path, body) => (await fetch(path, { headers, ...(body ? { method: "POST", body: JSON.stringify(body) } : {}) })).json();
  const { spareIds } = await call("/v1/questionnaire");
  const { villages } = await call("/v1/app/areas");
  const [round, head] = spareIds;
  const answer = await call("/v1/forms", {
    villageCode: villages[0].code,
    place: "3/7",
    family: { headName, buildingNumber: "21" },
    household: {
      members: [{ memberId: head, member: { number: 1, name: headName, sex: "SEX_FEMALE", birthDate: "1980-01-01" } }],
      rounds: [{ roundId: round, round: {}, individuals: [{ memberId: head, individual: { present: true, relation: "RELATION_HEAD" } }] }],
    },
  });
  return answer.form.household.familyId;
}
