// What a form kept of itself, and what becomes of it.
import { expect, it } from "vitest";
import { backOf, entriesOf, fateOf, type Entries } from "../behaviours/keep-form.ts";

const typed: Entries = [
  ["title", "约谈通知书"],
  ["f.9.label", "约谈时间"],
];
const kept = { version: "1", at: "15:02", entries: typed };

it("keeps what a person put in, neither the token nor what the server put there", () => {
  const all: Entries = [["csrfmiddlewaretoken", "secret"], ["base", "{}"], ...typed, ["act", "set"]];
  expect(entriesOf(all)).toEqual(typed);
});

it("offers what was left unsent, and nothing that is on the page already", () => {
  expect(fateOf(kept, "1", [["title", ""]])).toBe("offer");
  expect(fateOf(kept, "1", typed)).toBe("none");
  expect(fateOf(null, "1", typed)).toBe("none");
});

it("keeps what the server gave back in the place of what was sent", () => {
  expect(fateOf(kept, "1", [["title", ""]], true)).toBe("keep");
});

it("drops what was taken as a version meanwhile", () => {
  expect(fateOf(kept, "2", [["title", ""]])).toBe("drop");
});

it("puts everything back with the present token, also rows the page does not show yet", () => {
  const held: Entries = [["csrfmiddlewaretoken", "new"], ["base", "{}"], ["title", ""]];
  expect(backOf(typed, held)).toEqual([
    ["csrfmiddlewaretoken", "new"],
    ["base", "{}"],
    ...typed,
    ["act", "more"],
  ]);
});
