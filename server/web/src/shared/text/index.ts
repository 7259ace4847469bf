// The one catalogue of what our pages say, in Indonesian: one file a part. What
// every page needs is here; a page takes its own part from the file beside this
// one, so that the first load stays small.
import { common } from "./common";
import { problem } from "./problem";
import { session } from "./session";
import { terms } from "./terms";
import { titles } from "./titles";

export const text = { common, problem, session, terms, titles };
