/**
 * Pages that are there without a session. The first load knows their paths alone,
 * so that a visitor who is to sign in need not wait for the table of all pages.
 */
export const openPaths: ReadonlySet<string> = new Set(["/masuk", "/aktivasi", "/bantuan", "/api"]);
