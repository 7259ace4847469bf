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

/**
 * Departures that may have been recorded by mistake. Who split off, or moved with the family, lives elsewhere and is
 * none of them, nor is a family that was removed because it is another one.
 */
export function departures(form: Form): Departure[] {
  const out: Departure[] = [];
  const family = form.household?.family;
  const gone = family?.removal;
  if (gone?.reason && gone.reason in words.familyRemoval && !family?.movedTo) {
    out.push({ memberId: "", name: words.wholeFamily, reason: words.familyRemoval[gone.reason as keyof typeof words.familyRemoval], date: gone.date ?? "" });
  }
  for (const { memberId, member } of form.household?.members ?? []) {
    const removal = member?.removal;
    if (removal?.reason && removal.reason in words.removal && !member?.movedToFamilyId) {
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
