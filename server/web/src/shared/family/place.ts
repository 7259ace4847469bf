import { missing } from "../format";

/** RT before RW, as people say it: "RT 007/RW 003" of "003/007". */
export function placeLabel(place: string | undefined): string {
  const [rw, rt] = (place ?? "").split("/");
  return rw && rt ? `RT ${rt}/RW ${rw}` : missing;
}
