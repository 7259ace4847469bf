/** A province's place in the tile map, roughly as on the map. */
export interface Tile {
  code: string;
  short: string;
  column: number;
  row: number;
}

/** Columns and rows of the map. */
export const grid = { columns: 13, rows: 7 };

/** The 38 provinces. */
export const tiles: Tile[] = [
  ["11", "Aceh", 0, 0],
  ["12", "Sumut", 0, 1],
  ["13", "Sumbar", 0, 2],
  ["14", "Riau", 1, 2],
  ["15", "Jambi", 1, 3],
  ["16", "Sumsel", 1, 4],
  ["17", "Bkulu", 0, 3],
  ["18", "Lampg", 1, 5],
  ["19", "Babel", 3, 3],
  ["21", "Kepri", 2, 1],
  ["31", "DKI", 3, 5],
  ["32", "Jabar", 3, 6],
  ["33", "Jateng", 4, 5],
  ["34", "DIY", 4, 6],
  ["35", "Jatim", 5, 5],
  ["36", "Banten", 2, 5],
  ["51", "Bali", 6, 6],
  ["52", "NTB", 7, 6],
  ["53", "NTT", 8, 6],
  ["61", "Kalbar", 4, 2],
  ["62", "Kalteng", 5, 2],
  ["63", "Kalsel", 5, 3],
  ["64", "Kaltim", 6, 2],
  ["65", "Kaltara", 6, 1],
  ["71", "Sulut", 8, 1],
  ["72", "Sulteng", 7, 2],
  ["73", "Sulsel", 7, 4],
  ["74", "Sultra", 8, 4],
  ["75", "Gtalo", 8, 2],
  ["76", "Sulbar", 7, 3],
  ["81", "Maluku", 9, 3],
  ["82", "Malut", 9, 1],
  ["91", "Papua", 12, 2],
  ["92", "PapBar", 10, 2],
  ["93", "PapSel", 12, 4],
  ["94", "PapTeng", 11, 3],
  ["95", "PapPeg", 12, 3],
  ["96", "PBDaya", 10, 1],
].map(([code, short, column, row]) => ({ code: String(code), short: String(short), column: Number(column), row: Number(row) }));
