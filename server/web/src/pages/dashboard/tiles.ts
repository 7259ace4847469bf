/** A province's place in the tile map, roughly as on the map. */
export interface Tile {
  code: string;
  short: string;
  /** Two letters (ISO 3166-2), where there is no room for more. */
  letters: string;
  column: number;
  row: number;
}

/** Columns and rows of the map. */
export const grid = { columns: 13, rows: 7 };

/** The 38 provinces. */
export const tiles: Tile[] = [
  ["11", "Aceh", "AC", 0, 0],
  ["12", "Sumut", "SU", 0, 1],
  ["13", "Sumbar", "SB", 0, 2],
  ["14", "Riau", "RI", 1, 2],
  ["15", "Jambi", "JA", 1, 3],
  ["16", "Sumsel", "SS", 1, 4],
  ["17", "Bkulu", "BE", 0, 3],
  ["18", "Lampg", "LA", 1, 5],
  ["19", "Babel", "BB", 3, 3],
  ["21", "Kepri", "KR", 2, 1],
  ["31", "DKI", "JK", 3, 5],
  ["32", "Jabar", "JB", 3, 6],
  ["33", "Jateng", "JT", 4, 5],
  ["34", "DIY", "YO", 4, 6],
  ["35", "Jatim", "JI", 5, 5],
  ["36", "Banten", "BT", 2, 5],
  ["51", "Bali", "BA", 6, 6],
  ["52", "NTB", "NB", 7, 6],
  ["53", "NTT", "NT", 8, 6],
  ["61", "Kalbar", "KB", 4, 2],
  ["62", "Kalteng", "KT", 5, 2],
  ["63", "Kalsel", "KS", 5, 3],
  ["64", "Kaltim", "KI", 6, 2],
  ["65", "Kaltara", "KU", 6, 1],
  ["71", "Sulut", "SA", 8, 1],
  ["72", "Sulteng", "ST", 7, 2],
  ["73", "Sulsel", "SN", 7, 4],
  ["74", "Sultra", "SG", 8, 4],
  ["75", "Gtalo", "GO", 8, 2],
  ["76", "Sulbar", "SR", 7, 3],
  ["81", "Maluku", "MA", 9, 3],
  ["82", "Malut", "MU", 9, 1],
  ["91", "Papua", "PA", 12, 2],
  ["92", "PapBar", "PB", 10, 2],
  ["93", "PapSel", "PS", 12, 4],
  ["94", "PapTg", "PT", 11, 3],
  ["95", "PapPg", "PE", 12, 3],
  ["96", "PBD", "PD", 10, 1],
].map(([code, short, letters, column, row]) => ({ code: String(code), short: String(short), letters: String(letters), column: Number(column), row: Number(row) }));
