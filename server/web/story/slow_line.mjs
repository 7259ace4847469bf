// The first load is small, and soon of use: of the server's pages on a slow line,
// of the field app, which comes from the device itself, on a slow device.
import { ask, must, settings, visit, withBrowser } from "./browser.mjs";

/** Compressed script of the first load. */
const budgetBytes = 120_000;

/** From the tap on the address to a form that takes input. */
const budgetMs = 5000;

/** How much slower than this machine a cheap phone is. */
const slowDevice = 6;

/** "Slow 3G" of Chromium's developer tools; bytes a second. */
const slow3G = { offline: false, latency: 2000, downloadThroughput: 50_000, uploadThroughput: 50_000 };

/** The best of so many counts where times are measured. */
const attempts = 3;

await withBrowser(async (browser) => {
  await isQuick(browser, { name: "pages", address: settings.base, line: slow3G });
  const app = await ask("launch", { name: "slow" });
  await isQuick(browser, { name: "field app", address: app.url });
  await ask("end");
});

/** Bytes, and what the line alone takes, hold on any machine; what was measured, where one measures. */
async function isQuick(browser, { name, address, line }) {
  let best = Infinity;
  for (let n = 0; n < attempts && best > budgetMs; n++) {
    const { took, loads } = await firstLoad(browser, address, line);
    best = Math.min(best, took);
    const script = loads.filter((l) => l.type === "Script").reduce((sum, l) => sum + l.bytes, 0);
    console.log(`first load of the ${name}: ${script} bytes of compressed script, usable after ${took} ms; slow 3G alone takes ${lineMs(loads)} ms`);
    must(script > 0 && script <= budgetBytes, `${script} bytes of script are at most ${budgetBytes}`);
    must(!line || lineMs(loads) <= budgetMs, `the line alone takes ${lineMs(loads)} ms of at most ${budgetMs}`);
  }
  must(!settings.measures || best <= budgetMs, `usable after ${best} ms, at most ${budgetMs}`);
}

/** Loads the pages as a new visitor and gives how long it took until a form took input, and what was loaded. */
async function firstLoad(browser, address, line) {
  const { page, context } = await visit(browser, { width: 360, scheme: "light" });
  const tools = await context.newCDPSession(page);
  await tools.send("Network.enable");
  if (line) await tools.send("Network.emulateNetworkConditions", line);
  else await tools.send("Emulation.setCPUThrottlingRate", { rate: slowDevice });
  const loads = new Map();
  tools.on("Network.requestWillBeSent", (e) => loads.set(e.requestId, { url: e.request.url, type: e.type, by: e.initiator.url ?? e.initiator.stack?.callFrames[0]?.url, bytes: 0 }));
  tools.on("Network.loadingFinished", (e) => loads.has(e.requestId) && (loads.get(e.requestId).bytes = e.encodedDataLength));
  await page.goto(address, { waitUntil: "commit" });
  const usable = await page.waitForFunction(() => document.querySelector("form :is(input, textarea):enabled") && performance.now(), undefined, { polling: "raf" });
  const took = Math.round(await usable.jsonValue());
  await page.waitForLoadState("networkidle");
  await context.close();
  return { took, loads: [...loads.values()] };
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
