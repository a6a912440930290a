// Who is looking, and when, written all over the picture: a photograph of the screen tells too.
// Not a protection of the bytes; copies get theirs burnt in by the server.

import { svg } from "../../dom.ts";
import { now } from "../../server-clock.ts";
import { instant } from "../../text/instants.ts";

let count = 0;

/** An overlay that lets every click through and renews its time. */
export function watermark(viewer: string, note: string | undefined): SVGSVGElement {
  count += 1;
  const id = `lh-watermark-${count}`;
  const first = svg("text", { x: 10, y: 60 });
  const second = svg("text", { x: 10, y: 80 });
  const tell = () => {
    first.textContent = `${viewer} ${instant(now())}`;
    second.textContent = note ?? "";
  };
  tell();
  const timer = setInterval(tell, 15_000);
  const overlay = svg(
    "svg",
    { class: "lh-pl-watermark", "aria-hidden": "true", width: "100%", height: "100%" },
    svg("defs", {}, svg("pattern", { id, width: 320, height: 130, patternUnits: "userSpaceOnUse", patternTransform: "rotate(-18)" }, first, second)),
    svg("rect", { width: "100%", height: "100%", fill: `url(#${id})` }),
  );
  new MutationObserver((_changes, observer) => {
    if (overlay.isConnected) return;
    clearInterval(timer);
    observer.disconnect();
  }).observe(document.body, { childList: true, subtree: true });
  return overlay;
}
