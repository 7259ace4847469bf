import { mount, unmount } from "svelte";
import Question from "./Question.svelte";

/** What is asked now, and how to answer it; undefined: nothing. */
let open: { question: string; answer: Promise<boolean>; done: (yes: boolean) => void } | undefined;

/**
 * Asks over whatever page is shown; what stands behind the question mark explains it. One question
 * at a time: who asks the same meanwhile gets the answer to it, another one takes its place.
 */
export function ask(question: string, yes: string): Promise<boolean> {
  if (open?.question === question) return open.answer;
  withdraw();
  const end = question.indexOf("? ") + 1 || question.length;
  let answered: (agreed: boolean) => void = () => undefined;
  const answer = new Promise<boolean>((resolve) => (answered = resolve));
  const done = (agreed: boolean) => {
    open = undefined;
    void unmount(shown);
    answered(agreed);
  };
  open = { question, answer, done };
  const shown = mount(Question, { target: document.body, props: { title: question.slice(0, end), why: question.slice(end).trim(), yes, done } });
  return answer;
}

/** Takes back the question that is open, which is a no: who asked it, or for whom, is there no more. */
export function withdraw(): void {
  open?.done(false);
}
