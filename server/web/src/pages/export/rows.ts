const quote = 0x22;
const lineEnd = 0x0a;

/** Counts the rows of a CSV file as its bytes come; cells may hold line ends. */
export class RowCounter {
  rows = 0;
  #quoted = false;

  take(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === quote) this.#quoted = !this.#quoted;
      else if (byte === lineEnd && !this.#quoted) this.rows++;
    }
  }
}
