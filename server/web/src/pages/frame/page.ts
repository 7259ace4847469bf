import type { Component } from "svelte";

/** Values of a route's `:name` parts. */
export type Params = Readonly<Record<string, string>>;

/** What every page's component gets. */
export interface PageProps {
  params: Params;
}

/** A page's component. */
export type Page = Component<PageProps>;
