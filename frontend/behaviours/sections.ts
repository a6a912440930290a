// Marks, in the list of a page's sections, the one that is being read.

/** Follows the sections named by `nav[data-sections] a[href^="#"]`. */
export function followSections(): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>("nav[data-sections] a[href^='#']")];
  const sections = links
    .map((link) => document.getElementById(link.hash.slice(1)))
    .filter((section) => section !== null);
  if (!sections.length) return;
  const mark = () => {
    const line = window.innerHeight * 0.3;
    const read = sections.filter((section) => section.getBoundingClientRect().top <= line).at(-1) ?? sections[0];
    for (const link of links) {
      if (link.hash.slice(1) === read?.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  let waiting = false;
  window.addEventListener(
    "scroll",
    () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        mark();
      });
    },
    { passive: true },
  );
  mark();
}
