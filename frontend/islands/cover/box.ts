// A box drawn over a picture, in percent of it; no element is touched here.

export interface Point {
  x: number;
  y: number;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const LEAST = 0.5;

const within = (share: number) => Math.min(100, Math.max(0, share));
const rounded = (share: number) => Math.round(share * 10) / 10;

/** Where a pointer stands, in percent of the picture. */
export function pointIn(picture: { left: number; top: number; width: number; height: number }, at: Point): Point {
  return {
    x: within(((at.x - picture.left) / picture.width) * 100),
    y: within(((at.y - picture.top) / picture.height) * 100),
  };
}

/** The box between two corners; null when it is too small to be meant. */
export function boxOf(one: Point, other: Point): Box | null {
  const box = {
    left: rounded(Math.min(one.x, other.x)),
    top: rounded(Math.min(one.y, other.y)),
    right: rounded(Math.max(one.x, other.x)),
    bottom: rounded(Math.max(one.y, other.y)),
  };
  return box.right - box.left < LEAST || box.bottom - box.top < LEAST ? null : box;
}
