/** A path of an area as REST addresses carry it. */
export function areaParameter(path: string): string {
  return path === "" ? "id" : path.replaceAll("/", "~");
}
