// Signing on glass inside a form: strokes with times and a picture go into the hidden fields
// {name}_strokes and {name}_picture. On a phone the glass opens over the whole screen, sideways.
// Whoever can't or won't write uses the other choice of parts/signature.html (refusal).

import { button, html, icon } from "../../dom.ts";
import { Glass } from "./glass.ts";
import { isSignature } from "./strokes.ts";

class Signature {
  private readonly canvas = html("canvas", { class: "lh-sign-glass" });
  private readonly glass = new Glass(this.canvas, () => this.onChange());
  private readonly told = html("p", { class: "lh-sign-told", role: "status", "aria-live": "polite" });
  private readonly frame: HTMLElement;

  constructor(
    private readonly host: HTMLElement,
    private readonly name: string,
    private readonly signer: string,
  ) {
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", `${signer} 的签名板。不能在屏幕上书写的，请改选“拒绝签名”并注明情况。`);
    this.frame = html("div", { class: "lh-sign-frame" }, this.canvas, html("span", { class: "lh-sign-line", "aria-hidden": "true" }));
    const acts = html(
      "div",
      { class: "lh-sign-acts" },
      button("横屏签名", "rotate", () => this.openWide(), { class: "btn btn-sm lh-sign-wide" }),
      button("撤销一笔", "arrow-back-up", () => this.glass.undo()),
      button("重签", "eraser", () => this.glass.clear()),
    );
    host.replaceChildren(this.frame, acts, this.told);
    host.closest("form")?.addEventListener("submit", (event) => this.onSubmit(event), { capture: true });
    this.onChange();
  }

  private field(part: string): HTMLInputElement | null {
    const field = this.host.closest("form")?.elements.namedItem(`${this.name}_${part}`);
    return field instanceof HTMLInputElement ? field : null;
  }

  private get isChosen(): boolean {
    const mode = this.host.closest("form")?.querySelector<HTMLInputElement>(`[name="${this.name}_mode"]:checked`);
    return !mode || mode.value === "signed";
  }

  private onChange(): void {
    const isDone = isSignature(this.glass.strokes);
    const strokes = this.field("strokes");
    const picture = this.field("picture");
    if (strokes) strokes.value = isDone ? JSON.stringify(this.glass.encoded()) : "";
    if (picture) picture.value = isDone ? this.glass.picture() : "";
    this.host.classList.toggle("is-signed", isDone);
    this.told.textContent = isDone
      ? `已签 ${this.glass.strokes.length} 笔`
      : this.glass.strokes.length ? "笔画太少，还不能作为签名" : "请在框内签名";
  }

  private onSubmit(event: Event): void {
    if (!this.isChosen || isSignature(this.glass.strokes)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.told.textContent = "还没有签名：请在框内签名，或改选“拒绝签名”";
    this.told.classList.add("lh-field-error");
    this.frame.scrollIntoView({ block: "center" });
  }

  /** The whole screen as glass. Held upright and not turned by the system, it is drawn turned. */
  private openWide(): void {
    const canvas = html("canvas", { class: "lh-sign-glass" });
    const dialog = html("dialog", { class: "lh-sign-dialog", "aria-label": `${this.signer} 签名` });
    const glass = new Glass(canvas, () => undefined);
    const done = button("完成", "check", () => {
      this.glass.adopt(glass);
      dialog.close();
    }, { class: "btn btn-primary" });
    const sheet = html(
      "div",
      { class: "lh-sign-sheet" },
      html("p", { class: "lh-sign-sheet-words" }, icon("signature"), `${this.signer}　请在下方签名`),
      html("div", { class: "lh-sign-frame" }, canvas, html("span", { class: "lh-sign-line", "aria-hidden": "true" })),
      html(
        "div",
        { class: "lh-sign-acts" },
        button("取消", "x", () => dialog.close(), { class: "btn" }),
        button("撤销一笔", "arrow-back-up", () => glass.undo(), { class: "btn" }),
        button("重签", "eraser", () => glass.clear(), { class: "btn" }),
        done,
      ),
    );
    const turn = () => {
      glass.isTurned = window.innerHeight > window.innerWidth;
      dialog.classList.toggle("is-turned", glass.isTurned);
    };
    dialog.append(sheet);
    document.body.append(dialog);
    window.addEventListener("resize", turn);
    dialog.addEventListener("close", () => {
      window.removeEventListener("resize", turn);
      dialog.remove();
    });
    turn();
    dialog.showModal();
  }
}

/** Brings a glass to life. Attributes: data-name (prefix of the fields), data-signer. */
export function mount(host: HTMLElement): void {
  new Signature(host, host.dataset.name ?? "signature", host.dataset.signer ?? "签名人");
}
