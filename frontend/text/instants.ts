// Instants on the authority's wall clock (Asia/Shanghai, which has kept +08:00 since 1992),
// whatever clock the reader's machine keeps.

const OFFSET_MS = 8 * 3600 * 1000;

interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  milli: number;
}

/** The wall clock of an instant given in milliseconds since 1970. */
export function wall(ms: number): Wall {
  const shifted = new Date(ms + OFFSET_MS);
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
    second: shifted.getUTCSeconds(),
    milli: shifted.getUTCMilliseconds(),
  };
}

const two = (value: number): string => String(value).padStart(2, "0");

/** 2026-03-05 14:02 */
export function instant(ms: number): string {
  const { year, month, day } = wall(ms);
  return `${year}-${two(month)}-${two(day)} ${clockTime(ms, false)}`;
}

/** The end of a period: 2026-03-05 14:02; what ends a day is 24:00 of it, as the server tells it. */
export function endInstant(ms: number): string {
  const { hour, minute, second } = wall(ms);
  const isMidnight = hour + minute + second === 0;
  if (!isMidnight && (hour !== 23 || minute !== 59 || second !== 59)) return instant(ms);
  return `${instant(isMidnight ? ms - 1 : ms).slice(0, 10)} 24:00`;
}

/** 2026-03-05T14:02:11, as a date and time field takes it. */
export function wallSecond(ms: number): string {
  const { year, month, day } = wall(ms);
  return `${year}-${two(month)}-${two(day)}T${clockTime(ms)}`;
}

/** 14:02:11, or 14:02 */
export function clockTime(ms: number, withSeconds = true): string {
  const { hour, minute, second } = wall(ms);
  return `${two(hour)}:${two(minute)}${withSeconds ? `:${two(second)}` : ""}`;
}

/** 2026-03-05 14:02:11.480, for moments inside a recording. */
export function instantExact(ms: number): string {
  const { year, month, day, milli } = wall(ms);
  return `${year}-${two(month)}-${two(day)} ${clockTime(ms)}.${String(milli).padStart(3, "0")}`;
}

/** 3月5日 */
export function monthDay(ms: number): string {
  const { month, day } = wall(ms);
  return `${month}月${day}日`;
}

/** Midnight (the authority's) that opens the day of an instant. */
export function dayStart(ms: number): number {
  const { year, month, day } = wall(ms);
  return Date.UTC(year, month - 1, day) - OFFSET_MS;
}

/** Milliseconds since 1970 of an RFC 3339 text; null stays null, nonsense becomes null. */
export function parse(text: string | null | undefined): number | null {
  if (!text) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
