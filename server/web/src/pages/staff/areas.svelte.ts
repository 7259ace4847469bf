import { placeLabel } from "../../shared/family/place";
import { account as text } from "../../shared/text/account";

/** Whether an area is another, or contains it; both are paths of a village, RW or RT. */
export function contains(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}

/** An area for people: "RT 007/RW 003, Cileunyi Kulon". */
export function areaLabel(path: string, villages: ReadonlyMap<string, string>): string {
  const [village = "", rw, rt] = path.split("/");
  const name = villages.get(village) ?? village;
  if (!rw) return text.whole(name);
  return `${rt ? placeLabel(path) : `${text.rw} ${rw}`}, ${name}`;
}

/** Areas that are chosen: none lies within another. */
export class Choice {
  paths = $state.raw<readonly string[]>([]);

  constructor(paths: readonly string[]) {
    this.paths = [...paths].sort();
  }

  /** Whether a path is chosen, by itself or within another. */
  has(path: string): boolean {
    return this.paths.some((p) => contains(p, path));
  }

  /** Whether something that contains the path is chosen. */
  within(path: string): boolean {
    return this.paths.some((p) => p !== path && contains(p, path));
  }

  /** Whether something within the path is chosen, but not all of it. */
  partly(path: string): boolean {
    return !this.has(path) && this.paths.some((p) => contains(path, p));
  }

  /** Takes a path in, in place of what lies within it. */
  add(path: string): void {
    this.paths = [...this.paths.filter((p) => !contains(path, p)), path].sort();
  }

  remove(path: string): void {
    this.paths = this.paths.filter((p) => p !== path);
  }

  same(paths: readonly string[]): boolean {
    return JSON.stringify([...paths].sort()) === JSON.stringify(this.paths);
  }
}
