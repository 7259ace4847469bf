let told = (): string | undefined => undefined;

/** Pages whose program knows better than the browser what day it is say so, "2024-05-17"; nothing where it does not say. */
export function tellToday(by: () => string | undefined): void {
  told = by;
}

/** Today, "2024-05-17": as the page's program tells it, else by this device's calendar. */
export function today(): string {
  return told() || dayAhead(0);
}

/** The day so many days from today, "2024-05-17". */
export function dayAhead(days: number): string {
  const now = new Date();
  now.setDate(now.getDate() + days);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** The day before a day, "2024-05-16"; "" for none. */
export function dayBefore(date: string): string {
  if (!date) return "";
  const before = new Date(`${date}T00:00:00Z`);
  before.setUTCDate(before.getUTCDate() - 1);
  return before.toISOString().slice(0, 10);
}

/** "1980-01-31" as it is typed on paper, "31/01/1980". */
export function shortDate(date: string): string {
  const [year, month, day] = date.split("-");
  return day ? `${day}/${month}/${year}` : "";
}

/** A date typed day first, or as tables sort it, as "1980-01-31"; "" for none, undefined where it is no day of the calendar. */
export function readDate(typed: string): string | undefined {
  const text = typed.trim();
  if (text === "") return "";
  const sorted = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const parts = (sorted && [text, sorted[3], sorted[2], sorted[1]]) ?? /^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})$/.exec(text) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(text);
  if (!parts) return undefined;
  const [day, month, year] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const read = new Date(Date.UTC(year, month - 1, day));
  if (read.getUTCFullYear() !== year || read.getUTCMonth() !== month - 1 || read.getUTCDate() !== day) return undefined;
  return read.toISOString().slice(0, 10);
}
