// The tip beside what is pointed at or reached by keyboard. It is also read out (aria-live).

import { html } from "../../dom.ts";
import type { Box } from "./layout.ts";

export interface Tip {
  element: HTMLElement;
  show(box: Box, frame: { left: number; width: number; height: number }): void;
  hide(): void;
}

/** A tip that lives in the frame of the drawing. */
export function createTip(): Tip {
  const element = html("div", { class: "lh-tl-tip", role: "status", "aria-live": "polite", hidden: true });
  return {
    element,
    show(box, frame) {
      const { item } = box;
      const go = item.href ? html("p", { class: "lh-tl-tip-go" }, "回车或点击打开") : null;
      element.replaceChildren(
        html("p", { class: `lh-tl-tip-title${item.kind === "gap" ? " lh-red" : ""}` }, item.title),
        ...item.lines.map((line) => html("p", {}, line)),
        ...(go ? [go] : []),
      );
      element.hidden = false;
      const middle = box.x + Math.min(box.width, 240) / 2 - frame.left;
      const left = Math.max(4, Math.min(frame.width - element.offsetWidth - 4, middle - element.offsetWidth / 2));
      const below = box.y + box.height + 8;
      element.style.left = `${left}px`;
      element.style.top = `${below + element.offsetHeight > frame.height + 40 ? box.y - element.offsetHeight - 6 : below}px`;
    },
    hide() {
      element.hidden = true;
    },
  };
}
