// A signature as strokes with times. Pure. Whole numbers only, so that the same signature has one
// canonical JSON: places in hundredths of a CSS pixel, times in milliseconds from the first touch,
// pressure in thousandths.

export interface Point {
  x: number;
  y: number;
  /** Milliseconds from the first touch of the signature. */
  t: number;
  /** 0 to 1; 0.5 where the device doesn't tell. */
  pressure: number;
}

export interface EncodedSignature {
  version: 1;
  /** Size of the glass, CSS pixels. */
  width: number;
  height: number;
  /** First touch by the system's clock, RFC 3339. */
  started_at: string;
  /** Kind of pointer: pen, touch, mouse. */
  pointer: string;
  /** Each stroke: [x, y, t, p] of every point, one after the other. */
  strokes: number[][];
}

const whole = (value: number, factor: number): number => Math.round(value * factor);

/** Strokes as whole numbers. */
export function encode(
  strokes: Point[][],
  frame: { width: number; height: number; startedAt: number; pointer: string },
): EncodedSignature {
  return {
    version: 1,
    width: Math.round(frame.width),
    height: Math.round(frame.height),
    started_at: new Date(frame.startedAt).toISOString(),
    pointer: frame.pointer,
    strokes: strokes.map((stroke) =>
      stroke.flatMap(({ x, y, t, pressure }) => [whole(x, 100), whole(y, 100), whole(t, 1), whole(pressure, 1000)]),
    ),
  };
}

/** The points again; raises RangeError when the numbers don't come in fours. */
export function decode(signature: EncodedSignature): Point[][] {
  return signature.strokes.map((numbers) => {
    if (numbers.length % 4) throw new RangeError("a stroke is made of fours");
    const points: Point[] = [];
    for (let index = 0; index < numbers.length; index += 4) {
      const [x = 0, y = 0, t = 0, pressure = 0] = numbers.slice(index, index + 4);
      points.push({ x: x / 100, y: y / 100, t, pressure: pressure / 1000 });
    }
    return points;
  });
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
