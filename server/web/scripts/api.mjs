// Writes the types of the API client from the contract's OpenAPI description,
// which is of version 2, by way of version 3. Without an argument into the
// sources; with one into that file, to compare.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import openapiTS, { astToString } from "openapi-typescript";
import converter from "swagger2openapi";
import { packageFolder } from "./apps.mjs";

const contract = JSON.parse(readFileSync(join(packageFolder, "../../proto/keluargasehat/v1/openapi.swagger.json"), "utf8"));
const { openapi } = await converter.convertObj(contract, { patch: true, warnOnly: true });
const types = astToString(await openapiTS(openapi, { alphabetize: true, defaultNonNullable: false }));
const head = "// Generated from the contract by scripts/api.mjs; `make generate` writes it anew.\n\n";
writeFileSync(process.argv[2] ?? join(packageFolder, "src/shared/api/schema.d.ts"), head + types);
