import { report as text } from "../../shared/text/report";

/** A period that a report can be of. */
export interface Period {
  /** As the server takes it: "2026-11" or "2026-Q4". */
  value: string;
  title: string;
}

const monthsShown = 12;
const quartersShown = 4;

/** The last months and quarters up to a day, newest first. */
export function periodsBefore(now: Date): Period[] {
  const name = new Intl.DateTimeFormat("id-ID", { month: "long", year: "numeric" });
  const months = Array.from({ length: monthsShown }, (_, back) => {
    const first = new Date(now.getFullYear(), now.getMonth() - back, 1);
    const value = `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, "0")}`;
    return { value, title: text.month(name.format(first)) };
  });
  const quarters = Array.from({ length: quartersShown }, (_, back) => {
    const first = new Date(now.getFullYear(), now.getMonth() - (now.getMonth() % 3) - 3 * back, 1);
    const quarter = String(Math.floor(first.getMonth() / 3) + 1);
    return { value: `${first.getFullYear()}-Q${quarter}`, title: text.quarter(quarter, String(first.getFullYear())) };
  });
  return [...months, ...quarters];
}
