import { mount, unmount } from "svelte";
import Question from "./Question.svelte";

let open: Promise<boolean> | undefined;

/** Asks over whatever page is shown; one question at a time, which whoever asks meanwhile gets the answer to. */
export function ask(title: string, yes: string): Promise<boolean> {
  open ??= new Promise((resolve) => {
    const shown = mount(Question, {
      target: document.body,
      props: {
        title,
        yes,
        done: (agreed: boolean) => {
          open = undefined;
          void unmount(shown);
          resolve(agreed);
        },
      },
    });
  });
  return open;
}
