import type { Schema } from "../api/client";
import { date } from "../format";
import type { Named } from "./questions";

/** How a person is called whom the API names by account and user name. */
export type PersonName = (account: number | undefined, userName: string | undefined) => string;

/** Whom and which round ids mean within a household: a member's name, a survey date. */
export function namedIn({ members, rounds }: Schema["Household"]): Named {
  return (id) => {
    const survey = rounds?.find((r) => r.roundId === id)?.round?.surveyDate;
    return members?.find((m) => m.memberId === id)?.member?.name || (survey ? date(survey) : undefined);
  };
}
