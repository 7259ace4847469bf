/** A QR code as one path of unit squares in a square of so many units. */
export interface Code {
  side: number;
  path: string;
}

/** A code as the server draws it: a white square, then the path. The names on the page can't hold such text, for they are escaped there. */
const drawn = /<svg [^>]*viewBox="0 0 (\d+) \d+"[^>]*><path [^>]*\/><path d="([Mhvz0-9 -]*)"\/>/g;

/** The codes of a page of cards that the server drew, in the order of the accounts. The page is never made into elements: trusted types forbid it. */
export function codesOf(cardsHtml: string | undefined): Code[] {
  return [...(cardsHtml ?? "").matchAll(drawn)].map(([, side, path]) => ({ side: Number(side), path: path ?? "" }));
}
