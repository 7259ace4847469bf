import type { Schema } from "../../shared/api/client";

/** What is written first of a paper form's family; "" is not written. */
export interface Head {
  headName: string;
  buildingNumber: string;
  familyNumber: string;
  nkk: string;
}

/**
 * The records with which a new family is started: itself, its round, and its
 * head as the first member, present, under ids that the server gave.
 */
export function firstRecords(head: Head, round: Schema["Round"], spareIds: string[]): Pick<Schema["StartFormRequest"], "family" | "household"> {
  const [roundId = "", memberId = ""] = spareIds;
  const name = head.headName.trim();
  const family: Schema["Family"] = { headName: name };
  if (head.buildingNumber.trim()) family.buildingNumber = head.buildingNumber.trim();
  if (head.familyNumber.trim()) family.familyNumber = head.familyNumber.trim();
  if (head.nkk.trim()) family.nkk = head.nkk.trim();
  return {
    family,
    household: {
      members: [{ memberId, member: { number: 1, name } }],
      rounds: [{ roundId, round, individuals: [{ memberId, individual: { present: true, relation: "RELATION_HEAD" } }] }],
    },
  };
}

