import type { Schema } from "../../shared/api/client";
import { registration as text } from "../../shared/text/registration";
import { api } from "../api";

/** A step of the procedure that somebody takes. */
export type Deed = keyof typeof text.deeds;

type State = Schema["RegistrationState"];

/** Who takes which step, and in which state of a Puskesmas it is due. The server decides; this only offers. */
const offered: { deed: Deed; right: Schema["Right"]; due: State[]; reason?: true }[] = [
  { deed: "recordCopy", right: "RIGHT_DRAW_UP_REGISTRATION", due: ["REGISTRATION_STATE_DRAFT", "REGISTRATION_STATE_RETURNED"] },
  { deed: "submit", right: "RIGHT_DRAW_UP_REGISTRATION", due: ["REGISTRATION_STATE_DRAFT", "REGISTRATION_STATE_RETURNED"] },
  {
    deed: "withdraw",
    right: "RIGHT_DRAW_UP_REGISTRATION",
    due: ["REGISTRATION_STATE_DRAFT", "REGISTRATION_STATE_SUBMITTED", "REGISTRATION_STATE_IN_VERIFICATION", "REGISTRATION_STATE_RETURNED"],
    reason: true,
  },
  { deed: "beginVerification", right: "RIGHT_DECIDE_REGISTRATION", due: ["REGISTRATION_STATE_SUBMITTED"] },
  { deed: "accept", right: "RIGHT_DECIDE_REGISTRATION", due: ["REGISTRATION_STATE_IN_VERIFICATION"] },
  { deed: "return", right: "RIGHT_DECIDE_REGISTRATION", due: ["REGISTRATION_STATE_IN_VERIFICATION"], reason: true },
  { deed: "refuse", right: "RIGHT_DECIDE_REGISTRATION", due: ["REGISTRATION_STATE_IN_VERIFICATION"], reason: true },
  { deed: "issueAccounts", right: "RIGHT_DECIDE_REGISTRATION", due: ["REGISTRATION_STATE_ACCEPTED"] },
  { deed: "recordDistribution", right: "RIGHT_DRAW_UP_REGISTRATION", due: ["REGISTRATION_STATE_ACCOUNTS_ISSUED"] },
];

/** Steps that are due for somebody with such rights. */
export function dueSteps(of: Schema["Registration"], may: (right: Schema["Right"]) => boolean): { deed: Deed; reason: boolean }[] {
  const states = new Set((of.puskesmas ?? []).map((p) => p.state));
  return offered
    .filter((o) => may(o.right) && o.due.some((s) => states.has(s)))
    .map((o) => ({ deed: o.deed, reason: o.reason ?? false }));
}

/** Takes a step. Throws a Problem. */
export async function take(deed: Deed, registration: number, puskesmasCodes: string[], note: string): Promise<void> {
  const params = { path: { registration } };
  const noted = { params, body: { puskesmasCodes, note } };
  const reasoned = { params, body: { puskesmasCodes, reason: note } };
  const online = "REGISTRATION_CHANNEL_ONLINE" as const;
  const calls: Record<Deed, () => Promise<unknown>> = {
    recordCopy: () => api.POST("/v1/registrations/{registration}:recordCopy", { params, body: { channel: online, note } }),
    submit: () => api.POST("/v1/registrations/{registration}:submit", { params, body: { puskesmasCodes, channel: online, note } }),
    withdraw: () => api.POST("/v1/registrations/{registration}:withdraw", reasoned),
    beginVerification: () => api.POST("/v1/registrations/{registration}:beginVerification", noted),
    accept: () => api.POST("/v1/registrations/{registration}:accept", noted),
    return: () => api.POST("/v1/registrations/{registration}:return", reasoned),
    refuse: () => api.POST("/v1/registrations/{registration}:refuse", reasoned),
    issueAccounts: () => api.POST("/v1/registrations/{registration}:issueAccounts", noted),
    recordDistribution: () => api.POST("/v1/registrations/{registration}:recordDistribution", noted),
  };
  await calls[deed]();
}
