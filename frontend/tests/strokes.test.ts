// A signature goes to the server as whole numbers and comes back the same.
import { describe, expect, it } from "vitest";
import { decode, encode, inkLength, isSignature, lineWidth, onGlass, type Point } from "../islands/signature/strokes.ts";

const line = (count: number, step: number): Point[] =>
  Array.from({ length: count }, (_, index) => ({ x: 10 + index * step, y: 20 + (index % 3) * step, t: index * 16.4, pressure: 0.3 + (index % 5) / 10 }));

describe("encoding strokes", () => {
  it("makes whole numbers only", () => {
    for (const number of encode([line(40, 3.337), line(3, 0.1)]).flat(2)) expect(Number.isInteger(number)).toBe(true);
  });
  it("gives the same numbers again after decoding, however often", () => {
    const once = encode([line(40, 3.337), line(7, 1.01)]);
    expect(encode(decode(once))).toEqual(once);
    expect(encode(decode(encode(decode(once))))).toEqual(once);
  });
  it("keeps places to a hundredth of a pixel and times to a millisecond", () => {
    const strokes = [line(40, 3.337)];
    decode(encode(strokes))[0]?.forEach((point, index) => {
      const before = strokes[0]?.[index] as Point;
      expect(Math.abs(point.x - before.x)).toBeLessThanOrEqual(0.005 + 1e-9);
      expect(Math.abs(point.t - before.t)).toBeLessThanOrEqual(0.5);
    });
  });
  it("survives JSON", () => {
    const once = encode([line(12, 2)]);
    expect(JSON.parse(JSON.stringify(once))).toEqual(once);
  });
});

describe("what counts as a signature", () => {
  it("is not a tap, a dot or a short dash", () => {
    expect(isSignature([])).toBe(false);
    expect(isSignature([line(1, 5)])).toBe(false);
    expect(isSignature([line(4, 1)])).toBe(false);
  });
  it("is a line of some length", () => {
    expect(inkLength([line(30, 4)])).toBeGreaterThan(60);
    expect(isSignature([line(30, 4)])).toBe(true);
  });
});

describe("the glass", () => {
  const box = { left: 60, top: 15, right: 344 };
  it("takes a touch where it is", () => {
    expect(onGlass({ clientX: 100, clientY: 40 }, box, false)).toEqual({ x: 40, y: 25 });
  });
  it("exchanges the axes when it is turned: down the screen is along the line of writing", () => {
    expect(onGlass({ clientX: 344, clientY: 15 }, box, true)).toEqual({ x: 0, y: 0 });
    expect(onGlass({ clientX: 344, clientY: 115 }, box, true)).toEqual({ x: 100, y: 0 });
    expect(onGlass({ clientX: 244, clientY: 15 }, box, true)).toEqual({ x: 0, y: 100 });
  });
  it("draws slow and hard strokes thicker than fast and light ones", () => {
    const at = (x: number, t: number, pressure: number): Point => ({ x, y: 0, t, pressure });
    expect(lineWidth(at(0, 0, 0.5), at(2, 16, 0.9))).toBeGreaterThan(lineWidth(at(0, 0, 0.5), at(40, 16, 0.2)));
  });
});
