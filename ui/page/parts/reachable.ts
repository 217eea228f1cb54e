/** As a table's `ref`: one that is wider than its place scrolls, and so has to be reachable by keyboard. */
export function reachable(element: HTMLElement | null): void {
  if (element && element.scrollWidth > element.clientWidth) element.tabIndex = 0;
}
