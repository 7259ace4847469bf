/** A QR code as one path of unit squares in a square of so many units. */
export interface Code {
  side: number;
  path: string;
}

/** The codes of a page of cards that the server drew, in the order of the accounts. Nothing else of the page is used. */
export function codesOf(cardsHtml: string | undefined): Code[] {
  const page = new DOMParser().parseFromString(cardsHtml ?? "", "text/html");
  return [...page.querySelectorAll("svg")].map((svg) => ({
    side: Number.parseInt(svg.getAttribute("viewBox")?.split(" ")[2] ?? "", 10) || 0,
    path: svg.querySelectorAll("path")[1]?.getAttribute("d") ?? "",
  }));
}
