import { text } from "../text";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Controls that carry a text of ours: it makes them invalid until it is taken back. */
const told = new WeakSet<Control>();

/** A pattern that asks for so many digits. */
const onlyDigits = /^\[0-9\]\{(\d+)\}$/;

/**
 * Has the browser say in Indonesian what is wrong with an input when a form is
 * sent, whatever the browser's own language. For the whole page, once.
 */
export function tellInvalid(): void {
  addEventListener("invalid", ({ target }) => isControl(target) && tell(target), true);
  addEventListener("input", ({ target }) => isControl(target) && takeBack(target), true);
  // An input may have been filled in by a script; Enter in an input clicks the button, too.
  addEventListener("click", ({ target }) => formOf(target).forEach(takeBack), true);
}

function tell(control: Control): void {
  if (control.validity.customError) return;
  control.setCustomValidity(wrongOf(control));
  told.add(control);
}

function wrongOf(control: Control): string {
  const { valueMissing, tooShort } = control.validity;
  if (valueMissing) return text.common.required;
  if (tooShort && !(control instanceof HTMLSelectElement)) return text.common.tooShort(control.minLength);
  const digits = control instanceof HTMLInputElement ? onlyDigits.exec(control.pattern)?.[1] : undefined;
  return digits ? text.common.digits(Number(digits)) : text.common.wrongForm;
}

function takeBack(control: Control): void {
  if (!told.delete(control)) return;
  control.setCustomValidity("");
}

/** The controls of the form that a click on an element sends. */
function formOf(target: EventTarget | null): Control[] {
  const button = target instanceof Element ? target.closest("button") : null;
  return button?.form ? [...button.form.elements].filter(isControl) : [];
}

function isControl(target: EventTarget | null): target is Control {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
