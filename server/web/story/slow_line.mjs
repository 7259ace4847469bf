// The first load is small, and soon of use on a slow line.
import { must, settings, visit, withBrowser } from "./browser.mjs";

/** Compressed script of the first load. */
const budgetBytes = 120_000;

/** From the tap on the address to a form that takes input. */
const budgetMs = 5000;

/** "Slow 3G" of Chromium's developer tools. */
const slow3G = { offline: false, latency: 2000, downloadThroughput: 50_000, uploadThroughput: 50_000 };

/** A busy machine is slower than the line; the best of so many counts. */
const attempts = 3;

await withBrowser(async (browser) => {
  let best = Infinity;
  for (let n = 0; n < attempts && best > budgetMs; n++) best = Math.min(best, await firstLoad(browser));
  must(best <= budgetMs, `usable after ${best} ms, at most ${budgetMs}`);
});

/** Loads the pages as a new visitor and gives how long it took until a form took input. */
async function firstLoad(browser) {
  const { page, context } = await visit(browser, { width: 360, scheme: "light" });
  const tools = await context.newCDPSession(page);
  await tools.send("Network.enable");
  await tools.send("Network.emulateNetworkConditions", slow3G);
  let bytes = 0;
  const scripts = new Set();
  tools.on("Network.responseReceived", (e) => e.type === "Script" && scripts.add(e.requestId));
  tools.on("Network.loadingFinished", (e) => scripts.has(e.requestId) && (bytes += e.encodedDataLength));
  await page.goto(settings.base, { waitUntil: "commit" });
  const usable = await page.waitForFunction(() => document.querySelector("form input:enabled") && performance.now(), undefined, { polling: "raf" });
  const took = Math.round(await usable.jsonValue());
  await page.getByLabel("Nama pengguna").fill("supervisor");
  await page.waitForLoadState("networkidle");
  await context.close();
  console.log(`first load: ${bytes} bytes of compressed script, usable after ${took} ms on slow 3G`);
  must(bytes > 0 && bytes <= budgetBytes, `${bytes} bytes of script are at most ${budgetBytes}`);
  return took;
}
