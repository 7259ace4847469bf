import type { components } from "./schema";

/** Messages of the contract by name: `Schema["AreaIndex"]`. */
export type Schema = components["schemas"];
