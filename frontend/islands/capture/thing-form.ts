// The list of things at the scene: each with its name, how many, what it looks like, and a photo.

import { button, html } from "../../dom.ts";
import { putThing } from "./store.ts";
import type { Take, Thing } from "./schema.ts";

export interface ThingWork {
  person(): string | null;
  activity(): string | null;
  photograph(): Promise<Take | null>;
  listed(): void;
  say(words: string): void;
}

/** The form; a photo is taken with the camera that is on. */
export function thingForm(work: ThingWork): HTMLElement {
  let photo: Take | null = null;
  const field = (label: string, name: string, hint: string) => {
    const input = html("input", { class: "form-control", id: `lh-thing-${name}`, maxlength: 100, placeholder: hint, autocomplete: "off" });
    return { input, row: html("div", { class: "lh-field" }, html("label", { class: "form-label", for: `lh-thing-${name}` }, label), input) };
  };
  const name = field("名称", "name", "例如：遮阳伞");
  const quantity = field("数量", "quantity", "例如：1把");
  const note = field("特征和状态", "note", "可不填");
  const taken = html("p", { class: "lh-quiet", role: "status" }, "还没有照片");
  const reset = () => {
    for (const one of [name, quantity, note]) one.input.value = "";
    photo = null;
    taken.textContent = "还没有照片";
  };
  const shoot = async () => {
    photo = await work.photograph();
    if (photo) taken.textContent = "已拍照片";
  };
  const save = async () => {
    const person = work.person();
    const activity = work.activity();
    if (!person || !activity) return work.say("请先选择执法活动，物品清单要记在活动里。");
    if (!name.input.value.trim() || !quantity.input.value.trim()) return work.say("请填写名称和数量。");
    if (!photo) return work.say("请给这件物品拍一张照片。");
    const thing: Thing = {
      id: crypto.randomUUID(), person, activity, photo: photo.id, state: "waiting", problem: null,
      name: name.input.value.trim(), quantity: quantity.input.value.trim(), note: note.input.value.trim(), listed_at: Date.now(),
    };
    await putThing(thing);
    reset();
    work.say(`已记下“${thing.name}”。`);
    work.listed();
  };
  return html(
    "div",
    { class: "lh-cap-things" },
    name.row, quantity.row, note.row, taken,
    html("div", { class: "lh-form-actions" },
      button("拍这件物品", "camera", () => void shoot()),
      button("记入清单", "check", () => void save(), { class: "btn btn-primary" })),
  );
}
