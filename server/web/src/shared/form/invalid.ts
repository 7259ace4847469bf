import { text } from "../text";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Controls that carry a text of ours: it makes them invalid until it is taken back. */
const told = new WeakSet<Control>();

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
  const { valueMissing, tooShort, customError } = control.validity;
  if (customError) return;
  const least = control instanceof HTMLSelectElement ? 0 : control.minLength;
  control.setCustomValidity(valueMissing ? text.common.required : tooShort ? text.common.tooShort(least) : text.common.wrongForm);
  told.add(control);
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
