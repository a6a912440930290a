// Making elements without HTML text: nothing a person typed is ever parsed as markup, and no style
// attribute is written (the pages' policy forbids it; sizes are set through CSSOM or SVG attributes).

type Attributes = Record<string, string | number | boolean | null | undefined>;
type Child = Node | string | null | undefined | false;

const SVG = "http://www.w3.org/2000/svg";

function fill(element: Element, attributes: Attributes, children: Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) element.append(child);
}

/** An HTML element with attributes and children; null, false and undefined are left out. */
export function html<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

/** An SVG element with attributes and children. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  fill(element, attributes, children);
  return element;
}

/** An icon of the sprite; the address of the sprite stands on any icon the server drew. */
export function icon(name: string, cssClass = ""): SVGSVGElement {
  const known = document.querySelector<SVGUseElement>("svg.lh-icon use")?.getAttribute("href") ?? "";
  const sprite = document.documentElement.dataset.icons ?? known.split("#")[0] ?? "";
  return svg(
    "svg",
    { class: `icon lh-icon ${cssClass}`, width: 20, height: 20, "aria-hidden": "true", focusable: "false" },
    svg("use", { href: `${sprite}#${name}` }),
  );
}

/** A button of ours: icon, words, and what it does. */
export function button(
  words: string,
  iconName: string,
  act: () => void,
  attributes: Attributes & { wordless?: boolean } = {},
): HTMLButtonElement {
  const { wordless, ...rest } = attributes;
  const element = html(
    "button",
    { type: "button", class: "btn btn-sm", ...(wordless ? { "aria-label": words, title: words } : {}), ...rest },
    icon(iconName),
    wordless ? null : html("span", {}, words),
  );
  element.addEventListener("click", act);
  return element;
}

/** The JSON an island was given by the server; null when there is none. */
export function islandData<T>(host: HTMLElement): T | null {
  const script = host.querySelector<HTMLScriptElement>(':scope > script[type="application/json"]');
  return script?.textContent ? (JSON.parse(script.textContent) as T) : null;
}
