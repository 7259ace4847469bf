import { hash } from "../../shared/hash.svelte";
import { session } from "../session.svelte";
import { routes, type Route } from "../routes";
import { address } from "./address.svelte";
import { openPaths } from "./open";
import type { Params } from "./page";

export type { PageProps, Params } from "./page";

interface Place {
  route: Route;
  params: Params;
}

/** The place that the address names: ids and area codes, nothing of a person. */
class Router {
  get path(): string {
    return address.path;
  }

  /** The route of the path that the caller may open; undefined: there is none. */
  get place(): Place | undefined {
    for (const route of routes) {
      const params = match(route.path, this.path);
      if (params && (openPaths.has(route.path) || session.state === "in" || session.state === "asleep") && session.may(route.right)) return { route, params };
    }
    return undefined;
  }

  /** Whether the address names a page that the caller may not open, or not any more. */
  get barred(): boolean {
    return routes.some((route) => match(route.path, this.path) && !session.may(route.right));
  }

  go(path: string): void {
    hash.go(path);
  }
}

function match(pattern: string, path: string): Params | undefined {
  const want = pattern.split("/");
  const have = path.split("/");
  if (want.length !== have.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of want.entries()) {
    const piece = have[i] ?? "";
    if (part.startsWith(":")) params[part.slice(1)] = piece;
    else if (part !== piece) return undefined;
  }
  return params;
}

export const router = new Router();
