import { text } from "../text";

/** Why a call failed, for people and for code. */
export class Problem extends Error {
  /** Stable, such as "SIGN_IN_FAILED"; "OFFLINE" where no answer came. */
  readonly reason: string;
  /** Fields that are wrong, by name, with what is wrong with them. */
  readonly fields: ReadonlyMap<string, string>;
  /** HTTP status; 0 where no answer came. */
  readonly status: number;

  constructor(reason: string, message: string, status: number, fields: ReadonlyMap<string, string> = new Map()) {
    super(message);
    this.name = "Problem";
    this.reason = reason;
    this.status = status;
    this.fields = fields;
  }
}

interface Detail {
  "@type"?: string;
  reason?: string;
  message?: string;
  fieldViolations?: { field?: string; description?: string; localizedMessage?: { message?: string } }[];
}

/** Reads a refusal as the server sends it: a status with details. */
export function problemOf(body: unknown, status: number): Problem {
  const details = isRecord(body) && Array.isArray(body["details"]) ? (body["details"] as Detail[]) : [];
  const info = details.find((d) => d["@type"]?.endsWith("ErrorInfo"));
  const localized = details.find((d) => d["@type"]?.endsWith("LocalizedMessage"));
  const bad = details.find((d) => d["@type"]?.endsWith("BadRequest"));
  const fields = new Map((bad?.fieldViolations ?? []).map((v) => [v.field ?? "", v.localizedMessage?.message ?? v.description ?? ""]));
  return new Problem(info?.reason ?? `HTTP_${status}`, localized?.message ?? text.problem.unknown, status, fields);
}

/** Any thrown thing as a Problem; what fetch throws means that no answer came. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof TypeError) return new Problem("OFFLINE", text.problem.offline, 0);
  return new Problem("UNKNOWN", text.problem.unknown, 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
