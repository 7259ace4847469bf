// The first load is small, and soon of use: of the server's pages on a slow line,
// of the field app, which comes from the device itself, on a slow device. From the
// sign-in to figures a slow line is waited for twice.
import { ask, must, settings, until, visit, withBrowser } from "./browser.mjs";

/** Compressed script of the first load. */
const budgetBytes = 120_000;

/** From the tap on the address to a form that takes input. */
const budgetMs = 5000;

/** Round trips one after the other from "Masuk" to figures: signing in, and the figures. */
const budgetTrips = 2;

/** How much slower than this machine a cheap phone is. */
const slowDevice = 6;

/** "Slow 3G" of Chromium's developer tools; bytes a second. */
const slow3G = { offline: false, latency: 2000, downloadThroughput: 50_000, uploadThroughput: 50_000 };

/** The best of so many counts where times are measured. */
const attempts = 3;

await withBrowser(async (browser) => {
  await isQuick(browser, { name: "pages", address: settings.base, line: slow3G });
  await figuresFollow(browser);
  const app = await ask("launch", { name: "slow" });
  await isQuick(browser, { name: "field app", address: app.url });
  await ask("end");
});

/** Bytes, and what the line alone takes, hold on any machine; what was measured, where one measures. */
async function isQuick(browser, { name, address, line }) {
  let best = Infinity;
  for (let n = 0; n < attempts && best > budgetMs; n++) {
    const { took, loads, later } = await firstLoad(browser, address, line);
    best = Math.min(best, took);
    const script = [...loads, ...later].filter((l) => l.type === "Script").reduce((sum, l) => sum + l.bytes, 0);
    console.log(`first load of the ${name}: ${script} bytes of compressed script, usable after ${took} ms; slow 3G alone takes ${lineMs(loads)} ms`);
    must(script > 0 && script <= budgetBytes, `${script} bytes of script are at most ${budgetBytes}`);
    must(!line || lineMs(loads) <= budgetMs, `the line alone takes ${lineMs(loads)} ms of at most ${budgetMs}`);
  }
  must(!settings.measures || best <= budgetMs, `usable after ${best} ms, at most ${budgetMs}`);
}

/** A page of a new visitor on a line, or a slow device, that notes what it loads. */
async function noting(browser, line) {
  const { page, context } = await visit(browser, { width: 360, scheme: "light" });
  const tools = await context.newCDPSession(page);
  await tools.send("Network.enable");
  if (line) await tools.send("Network.emulateNetworkConditions", line);
  else await tools.send("Emulation.setCPUThrottlingRate", { rate: slowDevice });
  const loads = new Map();
  tools.on("Network.requestWillBeSent", (e) =>
    loads.set(e.requestId, { url: e.request.url, type: e.type, by: e.initiator.url ?? e.initiator.stack?.callFrames[0]?.url, bytes: 0, begun: e.timestamp }),
  );
  tools.on("Network.loadingFinished", (e) => loads.has(e.requestId) && Object.assign(loads.get(e.requestId), { bytes: e.encodedDataLength, ended: e.timestamp }));
  return { page, context, loads: () => [...loads.values()].filter((l) => l.ended) };
}

/** How long a new visitor waits for a form that takes input, what has come by then, and what comes while they type. */
async function firstLoad(browser, address, line) {
  const visitor = await noting(browser, line);
  const { page } = visitor;
  await page.goto(address, { waitUntil: "commit" });
  const usable = await page.waitForFunction(() => document.querySelector("form :is(input, textarea):enabled") && performance.now(), undefined, { polling: "raf" });
  const loads = visitor.loads();
  const took = Math.round(await usable.jsonValue());
  await page.waitForLoadState("networkidle");
  const later = visitor.loads().filter((l) => !loads.includes(l));
  await visitor.context.close();
  return { took, loads, later };
}

/** Signs in on a slow line, and counts what one waits for, one after the other. */
async function figuresFollow(browser) {
  const visitor = await noting(browser, slow3G);
  const { page } = visitor;
  await page.goto(settings.base);
  // The visitor types; meanwhile the frame and the dashboard come.
  await until(async () => visitor.loads().some((l) => l.type === "Script" && l.url.includes("/Dashboard-")), "the dashboard loads while one types");
  await page.waitForLoadState("networkidle");
  const before = visitor.loads();
  await page.getByLabel("Nama pengguna").fill("supervisor");
  await page.getByLabel("Kata sandi", { exact: true }).fill(settings.password);
  const begun = Date.now();
  await page.getByRole("button", { name: "Masuk" }).click();
  await page.getByRole("heading", { name: "Wilayah di bawahnya" }).waitFor();
  const loads = visitor.loads().filter((l) => !before.includes(l));
  const trips = tripsOf(loads);
  console.log(`figures ${Date.now() - begun} ms after signing in on slow 3G, ${trips} round trips one after the other`);
  must(trips <= budgetTrips, `${trips} round trips from the sign-in to figures are at most ${budgetTrips}: ${loads.map((l) => l.url)}`);
  await visitor.context.close();
}

/** The longest line of loads of which each began when the one before had ended. */
function tripsOf(loads) {
  const depth = (load) => 1 + Math.max(0, ...loads.filter((l) => l.ended <= load.begun).map(depth));
  return Math.max(0, ...loads.map(depth));
}

/** What a line takes for loads that wait for who asked for them, and share its breadth. */
function lineMs(loads) {
  const depth = (load, seen = 1) => {
    const asker = loads.find((l) => l.url === load.by && l !== load);
    return asker && seen < loads.length ? 1 + depth(asker, seen + 1) : 1;
  };
  const bytes = loads.reduce((sum, l) => sum + l.bytes, 0);
  return Math.round(Math.max(...loads.map((l) => depth(l))) * slow3G.latency + (bytes / slow3G.downloadThroughput) * 1000);
}
