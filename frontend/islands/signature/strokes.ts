// A signature as strokes with times. Pure. Whole numbers only, so that the same signature has one
// canonical JSON.

export interface Point {
  x: number;
  y: number;
  /** Milliseconds from the first touch of the signature. */
  t: number;
  /** 0 to 1; 0.5 where the device doesn't tell. */
  pressure: number;
}

/** [x, y, ms, pressure] as whole numbers: hundredths of a CSS pixel, milliseconds, thousandths. */
export type EncodedPoint = [x: number, y: number, t: number, pressure: number];

/** Strokes as whole numbers, as the act `paper.sign` takes them. */
export function encode(strokes: Point[][]): EncodedPoint[][] {
  return strokes.map((stroke) =>
    stroke.map(({ x, y, t, pressure }) => [Math.round(x * 100), Math.round(y * 100), Math.round(t), Math.round(pressure * 1000)]),
  );
}

/** The points again, to the precision they were kept in. */
export function decode(strokes: EncodedPoint[][]): Point[][] {
  return strokes.map((stroke) => stroke.map(([x, y, t, pressure]) => ({ x: x / 100, y: y / 100, t, pressure: pressure / 1000 })));
}

/** Length of all strokes together, px. */
export function inkLength(strokes: Point[][]): number {
  let length = 0;
  for (const stroke of strokes) {
    stroke.forEach((point, index) => {
      const before = stroke[index - 1];
      if (before) length += Math.hypot(point.x - before.x, point.y - before.y);
    });
  }
  return length;
}

/** Whether this can be a signature at all: a tap or a dot is not. */
export function isSignature(strokes: Point[][]): boolean {
  return strokes.some((stroke) => stroke.length > 3) && inkLength(strokes) > 60;
}

/** Width of the line at a point: slow and hard is thick, as with a brush. */
export function lineWidth(before: Point, point: Point): number {
  const speed = Math.hypot(point.x - before.x, point.y - before.y) / Math.max(1, point.t - before.t);
  return Math.max(1.4, 4.2 - 1.1 * Math.min(2.2, speed)) * (0.7 + 0.6 * point.pressure);
}

/** Where a touch is on the glass; a turned glass (phone held upright) has its axes exchanged. */
export function onGlass(
  touch: { clientX: number; clientY: number },
  box: { left: number; top: number; right: number },
  isTurned: boolean,
): { x: number; y: number } {
  return isTurned
    ? { x: touch.clientY - box.top, y: box.right - touch.clientX }
    : { x: touch.clientX - box.left, y: touch.clientY - box.top };
}
