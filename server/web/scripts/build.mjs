// Builds the apps. Without an argument into their folders; with one into
// subfolders of it by the apps' names, to compare.
import { join, resolve } from "node:path";
import { build } from "vite";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { apps, packageFolder } from "./apps.mjs";

process.chdir(packageFolder);
const elsewhere = process.argv[2];
for (const app of apps) {
  await build({
    configFile: false,
    root: join(packageFolder, app.root),
    base: "./",
    logLevel: "warn",
    plugins: [svelte({ configFile: join(packageFolder, "svelte.config.js") })],
    build: {
      outDir: elsewhere ? resolve(elsewhere, app.name) : join(packageFolder, app.out),
      emptyOutDir: true,
      target: "es2022",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  });
}
