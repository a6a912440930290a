// Conditions of parts of a form.
import { describe, expect, it } from "vitest";
import { holds } from "../behaviours/form-fields.ts";

describe("a part shown while a field has a value", () => {
  const values = (chosen: Record<string, string[]>) => (name: string) => chosen[name] ?? [];
  it("shows when one of several chosen boxes is the one named", () => {
    expect(holds("penalty=fine", values({ penalty: ["warning", "fine"] }))).toBe(true);
    expect(holds("penalty=fine", values({ penalty: ["warning"] }))).toBe(false);
  });
  it("takes any of the values named", () => {
    expect(holds("form=oral,written", values({ form: ["written"] }))).toBe(true);
    expect(holds("form=oral,written", values({ form: ["waiver_oral"] }))).toBe(false);
  });
  it("hides while nothing is chosen", () => {
    expect(holds("penalty=fine", values({}))).toBe(false);
  });
});
