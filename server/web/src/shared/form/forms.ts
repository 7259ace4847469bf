import { data, type Api, type Schema } from "../api/client";

/** A family's form, as FormService gives it. */
export type Form = Schema["Form"];
/** One question to one person or the household. */
export type Question = Schema["FormQuestion"];
/** What a save sets and clears. */
export interface Answers {
  set?: Schema["Household"];
  clear?: Schema["FormField"][];
}

/** Bounds of a list of families. */
export interface HouseholdQuery {
  area?: string;
  text?: string;
  state?: Schema["FormState"];
  pageSize?: number;
  pageToken?: string;
}

/**
 * The one REST interface of the form: the SDK implements it on a device, offline,
 * and the server for typing on line.
 */
export class Forms {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  list(query: HouseholdQuery, signal?: AbortSignal): Promise<Schema["ListHouseholdsResponse"]> {
    return data(this.#api.POST("/v1/forms:search", { body: query, signal: signal ?? null }));
  }

  async get(familyId: string, signal?: AbortSignal): Promise<Form> {
    const answer = await data(this.#api.GET("/v1/forms/{familyId}", { params: { path: { familyId } }, signal: signal ?? null }));
    return answer.form ?? {};
  }

  async save(form: Form, answers: Answers): Promise<Form> {
    const familyId = form.household?.familyId ?? "";
    const body = { ...answers, roundId: form.roundId ?? "", etag: form.etag ?? "" };
    const answer = await data(this.#api.POST("/v1/forms/{familyId}:save", { params: { path: { familyId } }, body }));
    return answer.form ?? {};
  }

  start(request: Schema["StartFormRequest"]): Promise<Schema["StartFormResponse"]> {
    return data(this.#api.POST("/v1/forms", { body: request }));
  }

  submit(familyIds: string[], note: string): Promise<Schema["SubmitFormsResponse"]> {
    return data(this.#api.POST("/v1/forms:submit", { body: { familyIds, note } }));
  }

  questionnaire(signal?: AbortSignal): Promise<Schema["GetQuestionnaireResponse"]> {
    return data(this.#api.GET("/v1/questionnaire", { signal: signal ?? null }));
  }
}
