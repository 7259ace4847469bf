/**
 * Puts the focus on a page's title, as soon as it is there: some pages read first
 * whom they are about. Gives what ends the wait. Where somebody has put the focus
 * meanwhile, it stays.
 */
export function focusHeading(page: HTMLElement): () => void {
  const there = page.querySelector("h1");
  there?.focus();
  if (there) return () => undefined;
  const look = new MutationObserver(() => {
    const title = page.querySelector("h1");
    if (!title) return;
    look.disconnect();
    if (!page.contains(document.activeElement)) title.focus();
  });
  look.observe(page, { childList: true, subtree: true });
  return () => look.disconnect();
}
