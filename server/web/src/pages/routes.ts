import type { Page } from "./frame/page";
import type { Schema } from "../shared/api/client";
import { session } from "./session.svelte";
import { text } from "../shared/text";
import SignIn from "./sign-in/SignIn.svelte";

/** A page: one folder with its components, loaded when it is opened. */
export interface Route {
  /** Path behind "#"; parts like ":area" are handed to the page. */
  path: string;
  title: string;
  load: () => Promise<{ default: Page }> | { default: Page };
  /** Right that the server will ask for; absent: none. */
  right?: Schema["Right"];
  /** Where the menu leads, for pages that are in it. */
  menu?: () => string;
}

/** All pages, in the order of the menu. */
export const routes: Route[] = [
  { path: "/masuk", title: text.titles.signIn, load: () => ({ default: SignIn }) },
  { path: "/aktivasi", title: text.titles.activation, load: () => import("./activation/Activation.svelte") },
  {
    path: "/dasbor/:kind/:code",
    title: text.titles.dashboard,
    right: "RIGHT_SEE_AGGREGATES",
    load: () => import("./dashboard/Dashboard.svelte"),
    menu: () => session.home,
  },
  {
    path: "/pengumpulan/:kind/:code",
    title: text.titles.collection,
    right: "RIGHT_SEE_AGGREGATES",
    load: () => import("./collection/Collection.svelte"),
    menu: () => session.homeOf("pengumpulan"),
  },
  {
    path: "/indikator/:kind/:code",
    title: text.titles.indicators,
    right: "RIGHT_SEE_AGGREGATES",
    load: () => import("./indicators/Indicators.svelte"),
    menu: () => session.homeOf("indikator"),
  },
  {
    path: "/perubahan/:kind/:code",
    title: text.titles.change,
    right: "RIGHT_SEE_AGGREGATES",
    load: () => import("./change/Change.svelte"),
  },
  {
    path: "/intervensi/:kind/:code",
    title: text.titles.intervention,
    right: "RIGHT_SEE_FAMILIES",
    load: () => import("./intervention/Intervention.svelte"),
  },
  {
    path: "/laporan/:code",
    title: text.titles.report,
    right: "RIGHT_EXPORT_AGGREGATES",
    load: () => import("./report/Report.svelte"),
    menu: () => `/laporan/${session.account.puskesmasCode || "-"}`,
  },
  {
    path: "/ekspor",
    title: text.titles.exporting,
    right: "RIGHT_EXPORT_AGGREGATES",
    load: () => import("./export/Export.svelte"),
    menu: () => "/ekspor",
  },
  {
    path: "/umpan-data",
    title: text.titles.feeds,
    right: "RIGHT_EXPORT_AGGREGATES",
    load: () => import("./feeds/Feeds.svelte"),
    menu: () => "/umpan-data",
  },
  {
    path: "/tinjauan",
    title: text.titles.review,
    right: "RIGHT_REVIEW",
    load: () => import("./review/Review.svelte"),
    menu: () => "/tinjauan",
  },
  { path: "/tinjauan/:desk", title: text.titles.review, right: "RIGHT_REVIEW", load: () => import("./review/Desk.svelte") },
  {
    path: "/entri",
    title: text.titles.entry,
    right: "RIGHT_COLLECT",
    load: () => import("./entry/Entry.svelte"),
    menu: () => "/entri",
  },
  { path: "/entri/baru", title: text.titles.entry, right: "RIGHT_COLLECT", load: () => import("./entry/NewForm.svelte") },
  { path: "/entri/:family", title: text.titles.entry, right: "RIGHT_COLLECT", load: () => import("./entry/PaperForm.svelte") },
  { path: "/formulir", title: text.titles.print, load: () => import("./print/Print.svelte") },
  { path: "/keluarga/:family", title: text.titles.family, right: "RIGHT_SEE_FAMILIES", load: () => import("./family/Family.svelte") },
  {
    path: "/konflik",
    title: text.titles.conflicts,
    right: "RIGHT_REVIEW",
    load: () => import("./conflicts/Conflicts.svelte"),
    menu: () => "/konflik",
  },
  {
    path: "/karantina",
    title: text.titles.quarantine,
    right: "RIGHT_REVIEW",
    load: () => import("./quarantine/Quarantine.svelte"),
    menu: () => "/karantina",
  },
  {
    path: "/ganda",
    title: text.titles.duplicates,
    right: "RIGHT_REVIEW",
    load: () => import("./duplicates/Duplicates.svelte"),
    menu: () => "/ganda",
  },
  {
    path: "/kasus-ganda",
    title: text.titles.duplicateCases,
    right: "RIGHT_SEE_DUPLICATE_CASES",
    load: () => import("./duplicates/Cases.svelte"),
    menu: () => "/kasus-ganda",
  },
  {
    path: "/pendaftaran",
    title: text.titles.registration,
    right: "RIGHT_READ_REGISTRATION",
    load: () => import("./registration/Registrations.svelte"),
    menu: () => "/pendaftaran",
  },
  {
    path: "/pendaftaran/:number",
    title: text.titles.registration,
    right: "RIGHT_READ_REGISTRATION",
    load: () => import("./registration/Registration.svelte"),
  },
  {
    path: "/pengganti",
    title: text.titles.replacement,
    right: "RIGHT_READ_NOMINEES",
    load: () => import("./replacement/Replacements.svelte"),
    menu: () => "/pengganti",
  },
  { path: "/akun", title: text.titles.staff, right: "RIGHT_READ_STAFF", load: () => import("./staff/Staff.svelte"), menu: () => "/akun" },
  { path: "/akun/wilayah/:area", title: text.titles.staff, right: "RIGHT_READ_STAFF", load: () => import("./staff/Staff.svelte") },
  { path: "/akun/wilayah/:area/:account", title: text.titles.staff, right: "RIGHT_READ_STAFF", load: () => import("./staff/Account.svelte") },
  { path: "/akun/hak-akses", title: text.titles.accessReview, right: "RIGHT_READ_STAFF", load: () => import("./staff/AccessReview.svelte") },
  { path: "/akun/:account", title: text.titles.staff, right: "RIGHT_READ_STAFF", load: () => import("./staff/Account.svelte") },
  { path: "/audit", title: text.titles.audit, right: "RIGHT_READ_AUDIT", load: () => import("./audit/Audit.svelte"), menu: () => "/audit" },
  { path: "/bantuan", title: text.titles.help, load: () => import("./help/Help.svelte"), menu: () => "/bantuan" },
  { path: "/api", title: text.titles.apiReference, load: () => import("./api-reference/ApiReference.svelte") },
  { path: "/akun-saya", title: text.titles.ownAccount, load: () => import("./staff/Own.svelte") },
  { path: "/kata-sandi", title: text.titles.password, load: () => import("./password/Password.svelte") },
];
