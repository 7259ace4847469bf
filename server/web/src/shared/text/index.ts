// The one catalogue of what our pages say, in Indonesian: one file a part, so
// that a page's texts lie together.
import { activation } from "./activation";
import { common } from "./common";
import { dashboard } from "./dashboard";
import { help } from "./help";
import { problem } from "./problem";
import { session } from "./session";
import { terms } from "./terms";

export const text = { activation, common, dashboard, help, problem, session, terms };
