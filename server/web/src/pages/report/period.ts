import { report as text } from "../../shared/text/report";

/** A period that a report can be of. */
export interface Period {
  /** As the server takes it: "2026-11" or "2026-Q4". */
  value: string;
  title: string;
}

const monthsShown = 12;
const quartersShown = 4;

/** The last months and quarters up to a day, "2024-05-17", newest first. */
export function periodsBefore(day: string): Period[] {
  const [year = 0, month = 1] = day.split("-").map(Number);
  const name = new Intl.DateTimeFormat("id-ID", { month: "long", year: "numeric" });
  const months = Array.from({ length: monthsShown }, (_, back) => {
    const first = new Date(year, month - 1 - back, 1);
    const value = `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, "0")}`;
    return { value, title: text.month(name.format(first)) };
  });
  const quarters = Array.from({ length: quartersShown }, (_, back) => {
    const first = new Date(year, month - 1 - ((month - 1) % 3) - 3 * back, 1);
    const quarter = String(Math.floor(first.getMonth() / 3) + 1);
    return { value: `${first.getFullYear()}-Q${quarter}`, title: text.quarter(quarter, String(first.getFullYear())) };
  });
  return [...months, ...quarters];
}
