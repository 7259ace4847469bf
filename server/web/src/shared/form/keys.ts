import { tick } from "svelte";
import type { Action } from "svelte/action";

/** What the keys need of the form that they type in. */
export interface KeyedForm {
  /** Waits until what was answered is saved, and the questions follow. */
  settle: () => Promise<unknown>;
}

/** Most keys that are kept while a save is waited for: more is no typing. */
const ahead = 100;

/**
 * Typing a paper form without the mouse: a digit chooses the option with that
 * code on paper and goes on to the next question, Enter goes on from anything.
 * What comes next follows from the answer, so it is waited for; keys pressed
 * meanwhile are kept and typed where they belong. A refused answer keeps the
 * focus and drops what was typed ahead; so does a text that is filled in already,
 * which one key too many would write over.
 */
export const paperKeys: Action<HTMLElement, KeyedForm> = (form, keyed) => {
  let waiting: string[] = [];
  let running = false;

  function press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const types = event.key.length === 1 || event.key === "Backspace" || event.key === "Enter";
    if (!(running && types) && !acts(event)) return;
    event.preventDefault();
    if (waiting.length < ahead) waiting.push(event.key);
    if (!running) void run();
  }

  /** Whether a key does more here than in any page. */
  function acts(event: KeyboardEvent): boolean {
    const { target, key, shiftKey } = event;
    if (!(target instanceof HTMLElement) || !form.contains(target)) return false;
    const question = target.closest<HTMLElement>(".question");
    if (key === "Enter") return !shiftKey && (question !== null || target instanceof HTMLButtonElement);
    return question !== null && (optionOf(question, key) !== null || (target instanceof HTMLSelectElement && /^\d$/.test(key)));
  }

  async function run(): Promise<void> {
    running = true;
    for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) await type(key);
    running = false;
  }

  async function type(key: string): Promise<void> {
    const focused = document.activeElement;
    const question = focused?.closest<HTMLElement>(".question");
    if (focused instanceof HTMLButtonElement) {
      if (key === "Enter") focused.click();
      await followed();
    } else if (question && focused instanceof HTMLElement && form.contains(question)) {
      const rest = key === "Enter" ? restOf(focused) : undefined;
      if (rest) return enter(rest);
      if (key === "Enter") focused.blur(); // a text is answered when it is left
      else if (!answer(question, focused, key)) return;
      await followed();
      onward(question.dataset["question"] ?? "");
    }
  }

  async function followed(): Promise<void> {
    await keyed.settle();
    await tick();
  }

  /** To the question behind one, unless that was refused. */
  function onward(name: string): void {
    const all = [...form.querySelectorAll<HTMLElement>(".question")];
    const at = all.findIndex((q) => q.dataset["question"] === name);
    const here = all[at];
    const next = all[at + 1];
    if (here?.querySelector("[data-refused]")) {
      waiting = [];
      focusOn(here);
    } else if (next) {
      enter(placeIn(next));
      next.scrollIntoView({ block: "nearest" });
    } else {
      form.querySelector<HTMLElement>("[data-next]")?.focus();
    }
  }

  /** Goes into an input for the keys that come; a text that is there is not written over. */
  function enter(input: HTMLElement | null): void {
    select(input);
    if (waiting[0] !== "Enter" && holdsText(input)) waiting = [];
  }

  document.addEventListener("keydown", press, true);
  return { destroy: () => document.removeEventListener("keydown", press, true) };
};

/** Chooses by a key; false: the key was typed into a text, which goes on. */
function answer(question: HTMLElement, focused: HTMLElement, key: string): boolean {
  const option = optionOf(question, key);
  if (option) {
    option.focus();
    option.click();
    return true;
  }
  if (focused instanceof HTMLSelectElement && focused.options[Number(key)]) {
    focused.selectedIndex = Number(key);
    focused.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }
  if (isText(focused)) typeInto(focused, key);
  return false;
}

/** Types a key that was kept. */
function typeInto(text: HTMLInputElement | HTMLTextAreaElement, key: string): void {
  const from = text.selectionStart ?? text.value.length;
  const to = text.selectionEnd ?? from;
  if (key === "Backspace") text.setRangeText("", from === to ? Math.max(0, from - 1) : from, to, "end");
  else if (text.maxLength < 0 || text.value.length < text.maxLength || from !== to) text.setRangeText(key, from, to, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Puts the focus where a question is answered. */
export function focusOn(question: HTMLElement): void {
  select(placeIn(question));
  question.scrollIntoView({ block: "nearest" });
}

function placeIn(question: HTMLElement): HTMLElement | null {
  return question.querySelector<HTMLElement>("input:checked") ?? question.querySelector<HTMLElement>("input, select, textarea");
}

/** The other part of an answer that goes on behind one. */
function restOf(part: HTMLElement): HTMLElement | undefined {
  return part.hasAttribute("data-goes-on") ? [...(part.closest(".question")?.querySelectorAll("input") ?? [])].find((input) => input !== part) : undefined;
}

function select(place: HTMLElement | null): void {
  place?.focus();
  if (isText(place)) place.select();
}

function optionOf(question: HTMLElement, key: string): HTMLInputElement | null {
  return /^\d$/.test(key) ? question.querySelector<HTMLInputElement>(`input[data-code="${key}"]`) : null;
}

function holdsText(element: Element | null): boolean {
  return isText(element) && element.value !== "";
}

function isText(element: Element | null): element is HTMLInputElement | HTMLTextAreaElement {
  return element instanceof HTMLTextAreaElement || (element instanceof HTMLInputElement && element.type === "text");
}
