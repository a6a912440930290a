import { expect, test } from "vitest";

import { boxOf, pointIn } from "../islands/cover/box.ts";

const picture = { left: 100, top: 50, width: 400, height: 200 };

test("a pointer is told in percent of the picture, and never outside it", () => {
  expect(pointIn(picture, { x: 300, y: 100 })).toEqual({ x: 50, y: 25 });
  expect(pointIn(picture, { x: 0, y: 999 })).toEqual({ x: 0, y: 100 });
});

test("a box is the same from whichever corner it is drawn; one too small is none", () => {
  const box = { left: 10, top: 20, right: 33.3, bottom: 40 };
  expect(boxOf({ x: 10, y: 20 }, { x: 33.33, y: 40 })).toEqual(box);
  expect(boxOf({ x: 33.33, y: 40 }, { x: 10, y: 20 })).toEqual(box);
  expect(boxOf({ x: 10, y: 20 }, { x: 10.2, y: 60 })).toBeNull();
});
