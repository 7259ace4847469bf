import { asProblem, Problem } from "../api/problem";
import { form as words } from "../text/form";
import { answerOf, keyOf, saveOf } from "./answers";
import type { Answers, Form, Forms, Question } from "./forms";
import { meanwhile } from "./meanwhile";

/** How often an answer is tried on a form that others keep changing. */
const tries = 5;

/** Reason by which a save is refused on what somebody else has changed meanwhile. */
const changed = "FORM_CHANGED";

/**
 * Saves what is given to a form, one after the other, so that no answer
 * overtakes another. Where somebody else has changed the family meanwhile, an
 * answer to a question that they did not touch is saved on what they left; one
 * to the same question is not, and told.
 */
export class FormSaver {
  busy = $state(0);
  /** What failed as a whole; "" nothing. */
  problem = $state("");
  /** What others have changed meanwhile, where all was saved; "" nothing. */
  told = $state("");
  /** What was not saved, by question. */
  refused = $state<Record<string, string>>({});
  /** Rises when what the inputs show is not what is saved. */
  renewed = $state(0);

  readonly #forms: Forms;
  readonly #form: () => Form;
  readonly #onform: (form: Form) => void;
  #line: Promise<unknown> = Promise.resolve();

  constructor(forms: Forms, form: () => Form, onform: (form: Form) => void) {
    this.#forms = forms;
    this.#form = form;
    this.#onform = onform;
  }

  /** Waits until everything given so far is saved or refused. */
  async settle(): Promise<void> {
    for (let seen; seen !== this.#line; ) {
      seen = this.#line;
      await seen;
    }
  }

  /** Saves an answer; "" takes it back. */
  answer(q: Question, answer: string): Promise<boolean> {
    return this.#inLine(async () => {
      const about = keyOf(q);
      try {
        await this.#answerOn(this.#form(), q, answer);
        delete this.refused[about];
        return true;
      } catch (thrown) {
        const p = asProblem(thrown);
        this.refused[about] = [...p.fields.values()][0] ?? (p.reason === changed ? p.message : words.notSaved(p.message));
        return false;
      }
    });
  }

  /** Saves what is no answer to a question, as a new member is. */
  save(answers: (form: Form) => Answers): Promise<boolean> {
    return this.#inLine(async () => {
      try {
        await this.#send(answers(this.#form()));
        return true;
      } catch (thrown) {
        await this.#explain(asProblem(thrown));
        return false;
      }
    });
  }

  async #answerOn(form: Form, q: Question, answer: string): Promise<void> {
    const looked = answerOf(form, q);
    for (let n = 0; n < tries; n++) {
      try {
        await this.#send(saveOf(this.#form(), q, answer), keyOf(q));
        return;
      } catch (thrown) {
        if (asProblem(thrown).reason !== changed) throw thrown;
      }
      const fresh = await this.#again();
      const theirs = answerOf(fresh, q);
      if (theirs === answer) return;
      if (theirs !== looked) {
        this.renewed += 1;
        throw new Problem(changed, words.changedByOther, 0);
      }
    }
    throw new Problem(changed, words.changedElsewhere, 0);
  }

  async #send(answers: Answers, question = ""): Promise<void> {
    const shown = this.#form();
    const now = await this.#forms.save(shown, answers);
    this.told = meanwhile(shown, now, question) || this.told;
    this.#onform(now);
  }

  async #explain(p: Problem): Promise<void> {
    this.problem = p.reason === changed ? words.changedElsewhere : p.message;
    if (p.reason === changed) await this.#again().catch((thrown) => (this.problem = asProblem(thrown).message));
  }

  async #again(): Promise<Form> {
    const fresh = await this.#forms.get(this.#form().household?.familyId ?? "");
    this.#onform(fresh);
    return fresh;
  }

  #inLine(deed: () => Promise<boolean>): Promise<boolean> {
    const mine = this.#line.then(async () => {
      this.busy += 1;
      this.problem = "";
      try {
        return await deed();
      } finally {
        this.busy -= 1;
      }
    });
    this.#line = mine;
    return mine;
  }
}
