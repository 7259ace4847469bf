import type { PersonName } from "../../shared/family/names";
import { keep } from "../../shared/kept";
import { useLive } from "../../shared/live.svelte";
import { session } from "../session.svelte";
import { placeLabel, villageOf } from "../../shared/family/place";
import { knownOf, readSteps } from "../subject/subject";
import { nameOf, readAccounts } from "./read";

/** Names of people by account. Reading them is recorded, so it is done once a sign-in. */
let people: Promise<ReadonlyMap<number, string>> | undefined;

keep({ unsaved: () => false, clear: () => (people = undefined) });

/** Those whose accounts the caller may read; none where that is nobody's. */
function readPeople(): Promise<ReadonlyMap<number, string>> {
  if (!session.may("RIGHT_READ_STAFF")) return Promise.resolve(new Map());
  people ??= readAccounts("")
    .then((list) => new Map(list.map((line) => [line.account ?? 0, nameOf(line)])))
    .catch((thrown) => {
      people = undefined;
      throw thrown;
    });
  return people;
}

/** What lists that name people by account and villages by code show of them. */
export interface Names {
  /** A person's name; where it is not known, the user name. */
  person: PersonName;
  /** A village's name; where it is not known, the code. */
  village: (code: string | undefined) => string;
  /** An RT with its village, "RT 007/RW 003, Cinunuk", from its path; its number alone names none where several villages are listed. */
  place: (area: string | undefined) => string;
}

/** Names for a component. Reactive values must be read inside `codes`, which gives the codes of villages that it shows. */
export function useNames(codes: () => (string | undefined)[] = () => []): Names {
  const named = useLive(() => 0, readPeople);
  const village = useVillages(codes);
  return {
    person: (account, userName = "") => named.now.data?.get(account ?? 0) ?? userName,
    village,
    place: (area) => [placeLabel(area), village(villageOf(area))].filter(Boolean).join(", "),
  };
}

/** A village's name for a component, by its code; the code where it is not known. `codes` as for useNames. */
export function useVillages(codes: () => (string | undefined)[]): (code: string | undefined) => string {
  useLive(() => [...new Set(codes())].filter((code) => code !== undefined && code !== "").sort() as string[], readSteps);
  return (code = "") => knownOf({ kind: "wilayah", code }).name || code;
}

/** The name of a village; its code where it is in no tree. */
export async function readVillageName(code: string, signal: AbortSignal): Promise<string> {
  const [step] = code ? await readSteps([code], signal) : [];
  return step?.name ?? code;
}
