// Time to width. Pure. A case lasts weeks and its activities minutes, so the folded scale gives every
// busy stretch room in its own true proportions and shortens the idle time between them; the even
// scale gives every hour the same width. Both are strictly monotone and can be inverted.

export interface Span {
  from: number;
  to: number;
}

export interface Piece extends Span {
  x: number;
  width: number;
  isBusy: boolean;
}

export interface Scale {
  pieces: Piece[];
  width: number;
  /** Place of an instant; what lies outside is put at the nearer end. */
  x(instant: number): number;
  /** Instant at a place. */
  at(x: number): number;
}

const MINUTE = 60_000;
const BUSY = { perMinute: 6, least: 110, most: 420 };
const IDLE = { least: 12, most: 60 };

/** Overlapping and touching spans joined, in order. */
export function union(spans: Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else joined.push({ ...span });
  }
  return joined;
}

function busyWidth(span: Span): number {
  const wanted = ((span.to - span.from) / MINUTE) * BUSY.perMinute;
  return Math.min(BUSY.most, Math.max(BUSY.least, wanted));
}

function idleWidth(span: Span): number {
  const wanted = 8 + 6 * Math.log2(1 + (span.to - span.from) / (5 * MINUTE));
  return Math.min(IDLE.most, Math.max(IDLE.least, wanted));
}

function build(pieces: Omit<Piece, "x">[], zoom: number): Scale {
  let x = 0;
  const placed = pieces.map((piece) => {
    const width = piece.width * zoom;
    const here = { ...piece, x, width };
    x += width;
    return here;
  });
  const last = placed.at(-1);
  if (!last) throw new RangeError("a scale needs a span of time");
  // The first piece that is not past, by halving: asked once for every end of every item.
  const find = (isPast: (piece: Piece) => boolean): Piece => {
    let [low, high] = [0, placed.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isPast(placed[middle] as Piece)) low = middle + 1;
      else high = middle;
    }
    return placed[low] ?? last;
  };
  const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
  return {
    pieces: placed,
    width: x,
    x(instant) {
      const piece = find((one) => instant > one.to);
      const share = clamp((instant - piece.from) / (piece.to - piece.from), 0, 1);
      return piece.x + share * piece.width;
    },
    at(place) {
      const piece = find((one) => place > one.x + one.width);
      const share = clamp((place - piece.x) / piece.width, 0, 1);
      return piece.from + share * (piece.to - piece.from);
    },
  };
}

/** The scale that folds idle time. `points` are instants that need room of their own (papers). */
export function foldedScale(whole: Span, busy: Span[], points: number[], zoom: number): Scale {
  const stretches = union(
    busy
      .map(({ from, to }) => ({ from: Math.max(from, whole.from), to: Math.min(to, whole.to) }))
      .filter(({ from, to }) => to > from),
  );
  const pieces: Omit<Piece, "x">[] = [];
  const addIdle = (from: number, to: number) => {
    const inside = points.filter((point) => point > from && point < to).sort((a, b) => a - b);
    let start = from;
    for (const end of [...new Set(inside), to]) {
      if (end > start) pieces.push({ from: start, to: end, width: idleWidth({ from: start, to: end }), isBusy: false });
      start = end;
    }
  };
  let reached = whole.from;
  for (const stretch of stretches) {
    addIdle(reached, stretch.from);
    pieces.push({ ...stretch, width: busyWidth(stretch), isBusy: true });
    reached = stretch.to;
  }
  addIdle(reached, whole.to);
  return build(pieces, zoom);
}

/** The scale on which every hour has the same width; `natural` is its width at zoom 1. */
export function evenScale(whole: Span, natural: number, zoom: number): Scale {
  return build([{ ...whole, width: natural, isBusy: true }], zoom);
}

/** The step that leaves at least `room` px between marks of a stretch with that many px per minute. */
export function tickStep(pxPerMinute: number, room: number): number {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200, 14400, 43200];
  return (steps.find((step) => step * pxPerMinute >= room) ?? 43200) * MINUTE;
}
