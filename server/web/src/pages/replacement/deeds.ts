import type { Schema } from "../../shared/api/client";
import { session } from "../session.svelte";

/** What a caller may do with a nominee; the server decides, this only offers. */
export type Deed = "replace" | "admit" | "accept";

/** What is due for a nominee of a list, by the caller; undefined: nothing. */
export function dueOf(one: Schema["Nominee"], all: Schema["Nominee"][]): Deed | undefined {
  const { standing, puskesmasCode } = one;
  if (standing === "NOMINEE_STANDING_PROPOSED") return session.may("RIGHT_DRAW_UP_REGISTRATION") ? "admit" : undefined;
  if (standing === "NOMINEE_STANDING_ADMITTED" && session.may("RIGHT_DECIDE_REGISTRATION")) return "accept";
  const inPlace = standing === "NOMINEE_STANDING_ACCEPTED" || standing === "NOMINEE_STANDING_ADMITTED";
  if (!inPlace || !puskesmasCode || !session.may("RIGHT_PROPOSE_REPLACEMENT")) return undefined;
  if (all.some((o) => o.replaces === one.nominee && o.standing === "NOMINEE_STANDING_PROPOSED")) return undefined;
  const administers = session.account.puskesmasCode === puskesmasCode;
  return administers || one.person?.role === "ROLE_PUSKESMAS_ADMINISTRATOR" ? "replace" : undefined;
}

/** The standing in which people wait for the caller; all of them for an administrator. */
export function firstStanding(): Schema["NomineeStanding"] {
  if (session.may("RIGHT_DECIDE_REGISTRATION")) return "NOMINEE_STANDING_ADMITTED";
  if (session.may("RIGHT_DRAW_UP_REGISTRATION")) return "NOMINEE_STANDING_PROPOSED";
  return "NOMINEE_STANDING_UNSPECIFIED";
}
