import { form as words } from "../text/form";
import type { Answers, Form } from "./forms";

/** A member, or the whole family (no memberId), who is recorded to have died or left. */
export interface Departure {
  memberId: string;
  name: string;
  /** Why, in words. */
  reason: string;
  /** Since when, "2024-05-17"; "" since ever. */
  date: string;
}

/** Departures that may have been recorded by mistake. A family that was removed because it is another one has not left. */
export function departures(form: Form): Departure[] {
  const out: Departure[] = [];
  const gone = form.household?.family?.removal;
  if (gone?.reason && gone.reason in words.familyRemoval) {
    out.push({ memberId: "", name: words.wholeFamily, reason: words.familyRemoval[gone.reason as keyof typeof words.familyRemoval], date: gone.date ?? "" });
  }
  for (const { memberId, member } of form.household?.members ?? []) {
    const removal = member?.removal;
    if (removal?.reason && removal.reason in words.removal) {
      const reason = words.removal[removal.reason as keyof typeof words.removal];
      out.push({ memberId: memberId ?? "", name: member?.name ?? "", reason, date: removal.date ?? "" });
    }
  }
  return out;
}

/** Takes a departure back. */
export function takenBack(d: Departure): Answers {
  return { clear: [d.memberId ? { kind: "RECORD_KIND_MEMBER", memberId: d.memberId, field: "removal" } : { kind: "RECORD_KIND_FAMILY", field: "removal" }] };
}
