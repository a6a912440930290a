import { expect, test } from "vitest";

import { stripWords } from "../islands/webshot/strip.ts";

test("the strip says the address and the authority's wall clock", () => {
  const told = stripWords("https://www.example.test/1.html", new Date("2026-03-05T23:30:05Z"));
  expect(told).toBe("https://www.example.test/1.html　系统时间 2026-03-06 07:30:05");
});
