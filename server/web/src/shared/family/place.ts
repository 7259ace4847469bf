import { missing } from "../format";

/** RT before RW, as people say it: "RT 007/RW 003" of "003/007" and of "32.04.05.2001/003/007". */
export function placeLabel(place: string | undefined): string {
  const [rw, rt] = (place ?? "").split("/").slice(-2);
  return rw && rt ? `RT ${rt}/RW ${rw}` : missing;
}

/** The code of its village: "32.04.05.2001" of "32.04.05.2001/003/007". */
export function villageOf(area: string | undefined): string {
  return area?.split("/")[0] ?? "";
}
