// The apps that are built here: where their sources lie and where the built
// files go. Paths are relative to this package's folder.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));

const all = [
  { name: "pages", root: "src/pages", out: "dist" },
  { name: "field", root: "src/field", out: "../../client-sdk/app/dist" },
];

export const apps = all.filter((app) => existsSync(join(packageFolder, app.root, "index.html")));
