import type { Schema } from "../../shared/api/client";
import type { Person } from "../staff/PersonForm.svelte";

/** A nominee's person as a form holds it; undefined for none. */
export function personOf(one: Schema["NomineePerson"] | undefined): Person | undefined {
  if (!one) return undefined;
  const { fullName = "", nik = "", nip = "", notCivilServant = false, position = "", mobile = "", email = "", role = "ROLE_SURVEYOR" } = one;
  return { fullName, nik, nip, notCivilServant, position, mobile, email, role };
}

/** What a form holds, as the contract has it: numbers without blanks, no NIP of who has none. */
export function wireOf(person: Person): Schema["NomineePerson"] {
  return { ...person, nik: person.nik.replaceAll(" ", ""), nip: person.notCivilServant ? "" : person.nip.replaceAll(" ", "") };
}
