/** RT before RW, as people say it: "RT 007/RW 003" of "32.04.05.2001/003/007". */
export function placeLabel(area: string | undefined): string {
  const [, rw, rt] = (area ?? "").split("/");
  return rw && rt ? `RT ${rt}/RW ${rw}` : "–";
}
