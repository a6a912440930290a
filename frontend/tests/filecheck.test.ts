import { expect, test } from "vitest";
import { verdict } from "../islands/filecheck/verdict.ts";
import { digestOf } from "../islands/verify/steps.ts";

const KEPT = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"; // of "hello"

test("a file is the paper's only with every byte of it", async () => {
  const same = await digestOf(new Blob(["hello"]).stream(), () => undefined);
  const other = await digestOf(new Blob(["hellp"]).stream(), () => undefined);
  expect(verdict(same, { sha256: KEPT }).lamp).toBe("green");
  expect(verdict(other, { sha256: KEPT }).lamp).toBe("red");
  expect(verdict(other, { sha256: KEPT }).found).toBe(other);
});
