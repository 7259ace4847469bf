// How figures and times are shown: Indonesian, and never a zero for what is
// withheld or missing.

const locale = "id-ID";

const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const change = new Intl.NumberFormat(locale, { maximumFractionDigits: 0, signDisplay: "exceptZero" });
const threePlaces = new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const threePlacesChange = new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3, signDisplay: "exceptZero" });
const percentFormat = new Intl.NumberFormat(locale, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat(locale, { dateStyle: "long" });
const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const clock = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
const places = new Intl.NumberFormat(locale, { minimumFractionDigits: 5, maximumFractionDigits: 5 });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

/** Shown where there is no value. */
export const missing = "–";

/** Shown where a value is withheld because few people are behind it. */
export const withheld = "< 5";

/** A number as the API sends it: 64-bit ones are texts, absent ones undefined. */
export type Wire = string | number | undefined | null;

/** The number itself; undefined where there is none. */
export function toNumber(value: Wire): number | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const n = Number(value);
  return Number.isFinite(n) ? n : undefined;
}

/** A count, "12.345". */
export function count(value: Wire): string {
  const n = toNumber(value);
  return n === undefined ? missing : whole.format(n);
}

/** A change of a count, "+12" or "-3"; 0 without a sign. */
export function signed(value: Wire): string {
  const n = toNumber(value);
  return n === undefined ? missing : change.format(n);
}

/** A change of an index, "+0,012". */
export function signedIndex(value: Wire): string {
  const n = toNumber(value);
  return n === undefined ? missing : threePlacesChange.format(n);
}

/** An index, "0,636". */
export function index(value: Wire): string {
  const n = toNumber(value);
  return n === undefined ? missing : threePlaces.format(n);
}

/** Part of a whole as a percentage; missing where the whole is none. */
export function share(part: Wire, of: Wire): string {
  const p = toNumber(part);
  const w = toNumber(of);
  return p === undefined || w === undefined || w === 0 ? missing : percentFormat.format(p / w);
}

/** How far an indicator is covered, rounded once: the API's percentage is rounded already. */
export function covered(of: { withheld?: boolean; numerator?: Wire; denominator?: Wire } | undefined): string {
  return of?.withheld ? withheld : share(of?.numerator, of?.denominator);
}

/** An angle that the API gives in 10^-7 degrees, "107,71234°". */
export function degrees(value: Wire): string {
  const n = toNumber(value);
  return n === undefined ? missing : `${places.format(n / 1e7)}°`;
}

/** So many bytes, "609 byte", "12,5 kB". */
export function bytes(value: Wire): string {
  const n = toNumber(value);
  if (n === undefined) return missing;
  const [unit, size] = n < 1e3 ? (["byte", n] as const) : n < 1e6 ? (["kilobyte", n / 1e3] as const) : (["megabyte", n / 1e6] as const);
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(size);
}

/** Orders names as people do: "surveyor 2" before "surveyor 10". */
export const byName = new Intl.Collator(locale, { numeric: true }).compare;

/** A calendar day, "17 Mei 2024", from "2024-05-17" or "" for missing. */
export function date(text: string | undefined): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(text ?? "");
  if (!match) return missing;
  return day.format(new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3])));
}

/** A moment, from milliseconds since 1970 or an RFC 3339 text. */
export function dateTime(value: Wire): string {
  const at = toDate(value);
  return at ? moment.format(at) : missing;
}

/** A moment's time of day with seconds. */
export function timeOfDay(value: Wire): string {
  const at = toDate(value);
  return at ? clock.format(at) : missing;
}

/** How long ago a moment was, "5 menit yang lalu". */
export function ago(value: Wire, now: number): string {
  const at = toDate(value);
  if (!at) return missing;
  const seconds = Math.round((at.getTime() - now) / 1000);
  const size = Math.abs(seconds);
  if (size < 60) return relative.format(seconds, "second");
  if (size < 3600) return relative.format(Math.round(seconds / 60), "minute");
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), "hour");
  return relative.format(Math.round(seconds / 86_400), "day");
}

function toDate(value: Wire): Date | undefined {
  if (value === undefined || value === null || value === "" || value === "0" || value === 0) return undefined;
  const n = Number(value);
  const at = new Date(Number.isFinite(n) ? n : String(value));
  return Number.isNaN(at.getTime()) ? undefined : at;
}
