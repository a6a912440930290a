// A button that verifies one record before the reader's eyes, in this browser: digest, entry,
// inclusion proof, signatures. The server's own opinion is not asked for.

import { html, icon, islandData } from "../../dom.ts";
import { size as sizeWords } from "../../text/sizes.ts";
import type { VerifyData } from "./schema.ts";
import { digestOf, isWhole, type Step, steps } from "./steps.ts";

const SIGNS = { green: "circle-check-filled", red: "alert-octagon-filled", unknown: "help" };

class Verifying {
  private readonly key = html("input", { id: "verify-key", class: "form-control", autocomplete: "off", spellcheck: "false", placeholder: "可以不填" });
  private readonly file = html("input", { id: "verify-file", type: "file", class: "form-control" });
  private readonly act = html("button", { type: "button", class: "btn btn-primary" }, icon("eye-check"), "当面核验");
  private readonly progress = html("p", { class: "lh-quiet", role: "status" });
  private readonly result = html("div", { class: "lh-verify-result" });

  constructor(
    private readonly host: HTMLElement,
    private readonly data: VerifyData,
  ) {
    this.act.addEventListener("click", () => void this.run());
    const own = this.data.content_href
      ? []
      : [html("div", { class: "lh-field" }, html("label", { class: "form-label", for: "verify-file" }, "手里的文件（可以不选）"), this.file, html("p", { class: "form-hint" }, "文件只在这台电脑上计算，不上传。"))];
    this.host.replaceChildren(
      html("p", {}, html("b", {}, this.data.title)),
      ...own,
      html("div", { class: "lh-field" }, html("label", { class: "form-label", for: "verify-key" }, "另外得到的账本公钥"), this.key, html("p", { class: "form-hint" }, "从公告、公函或光盘说明上得到的公钥；不填则用本页所列的。")),
      html("div", { class: "lh-form-actions" }, this.act),
      this.progress,
      this.result,
    );
  }

  private async run(): Promise<void> {
    this.act.disabled = true;
    this.result.replaceChildren();
    const began = performance.now();
    try {
      const proof = await this.fetched(this.data.proof_href).then((answer) => answer.text());
      const done = steps(this.data, proof, await this.digest(), this.key.value.trim());
      this.progress.textContent = `用时 ${((performance.now() - began) / 1000).toFixed(1)} 秒，全部在这个浏览器里计算。`;
      this.show(done);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      this.progress.textContent = `没有核验成：${words}`;
    } finally {
      this.act.disabled = false;
    }
  }

  private async fetched(address: string): Promise<Response> {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`没有取到文件（${answer.status}），请刷新后再试`);
    return answer;
  }

  private async digest(): Promise<string | null> {
    const tell = (read: number) => {
      this.progress.textContent = `正在计算摘要：${sizeWords(read)} / ${sizeWords(this.data.size)}`;
    };
    if (this.data.content_href) {
      const { body } = await this.fetched(this.data.content_href);
      return body ? digestOf(body, tell) : null;
    }
    const chosen = this.file.files?.[0];
    return chosen ? digestOf(chosen.stream(), tell) : null;
  }

  private show(done: readonly Step[]): void {
    const whole = isWhole(done);
    this.result.replaceChildren(
      html("p", { class: "lh-verify-whole", "data-state": whole ? "green" : "red" }, lamp(whole ? "green" : "red", whole ? "核验通过" : "核验不通过")),
      html("ol", { class: "lh-verify-steps" }, ...done.map((step) => html("li", {}, lamp(step.lamp, step.title), html("span", {}, step.words)))),
    );
  }
}

function lamp(state: Step["lamp"], words: string): HTMLElement {
  return html("span", { class: `lh-lamp is-${state}` }, icon(SIGNS[state], "lh-lamp-sign"), html("span", {}, words));
}

/** Brings the island to life. */
export function mount(host: HTMLElement): void {
  const data = islandData<VerifyData>(host);
  if (data) new Verifying(host, data);
}
