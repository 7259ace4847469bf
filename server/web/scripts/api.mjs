// Writes the types of the API clients from the contracts' OpenAPI descriptions,
// which are of version 2, by way of version 3. Without an argument into the
// sources; with one into that folder, by the same names, to compare.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import openapiTS, { astToString } from "openapi-typescript";
import converter from "swagger2openapi";
import { packageFolder } from "./apps.mjs";

const contracts = [
  { from: "proto/keluargasehat/v1", to: "src/shared/api/schema.d.ts" },
  { from: "proto/keluargasehat/device/v1", to: "src/field/device.d.ts" },
];

const head = "// Generated from the contract by scripts/api.mjs; `make generate` writes it anew.\n\n";
for (const { from, to } of contracts) {
  const contract = JSON.parse(readFileSync(join(packageFolder, "../..", from, "openapi.swagger.json"), "utf8"));
  const { openapi } = await converter.convertObj(contract, { patch: true, warnOnly: true });
  const types = astToString(await openapiTS(openapi, { alphabetize: true, defaultNonNullable: false }));
  writeFileSync(process.argv[2] ? join(process.argv[2], basename(to)) : join(packageFolder, to), head + types);
}
