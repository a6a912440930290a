// Holds a file of the reader's against the digest of an issued paper, in this browser: nothing is sent.

import { html, icon, islandData } from "../../dom.ts";
import { digestOf } from "../verify/steps.ts";
import { type FileCheckData, verdict } from "./verdict.ts";

const SIGNS = { green: "circle-check-filled", red: "alert-octagon-filled" };

/** Brings the island to life. */
export function mount(host: HTMLElement): void {
  const data = islandData<FileCheckData>(host);
  if (!data) return;
  const file = html("input", { id: "check-file", type: "file", class: "form-control", accept: "application/pdf,.pdf" });
  const told = html("p", { class: "lh-verify-whole", role: "status" });
  file.addEventListener("change", () => void check(file, told, data));
  host.replaceChildren(
    html("label", { class: "form-label", for: "check-file" }, "手里的 PDF 文件"),
    file,
    html("p", { class: "form-hint" }, "文件只在这台设备上计算，不上传。"),
    told,
  );
}

async function check(file: HTMLInputElement, told: HTMLElement, data: FileCheckData): Promise<void> {
  const chosen = file.files?.[0];
  told.replaceChildren();
  if (!chosen) return;
  told.textContent = "正在计算……";
  try {
    const { lamp, words, found } = verdict(await digestOf(chosen.stream(), () => undefined), data);
    told.replaceChildren(html("span", { class: `lh-lamp is-${lamp}` }, icon(SIGNS[lamp], "lh-lamp-sign"), html("span", {}, words)), html("code", { class: "lh-fingerprint" }, found));
  } catch {
    told.textContent = "读不到这个文件，请重新选择。";
  }
}
