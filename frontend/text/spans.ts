// Lengths of time in words. Speaks exactly as `liuhen.web.templatetags.wording` does;
// tests/web/span_vectors.json binds both.

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

/** A length of time in at most two units, rounded down: 3 天, 1 天 5 小时, 2 小时, 20 分钟. */
export function spanWords(seconds: number): string {
  const whole = Math.floor(Math.abs(seconds));
  if (whole < MINUTE) return "不足 1 分钟";
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} 分钟`;
  if (whole < DAY) {
    const hours = Math.floor(whole / HOUR);
    const minutes = Math.floor((whole % HOUR) / MINUTE);
    return minutes && hours < 6 ? `${hours} 小时 ${minutes} 分` : `${hours} 小时`;
  }
  const days = Math.floor(whole / DAY);
  const hours = Math.floor((whole % DAY) / HOUR);
  return hours && days < 3 ? `${days} 天 ${hours} 小时` : `${days} 天`;
}

/** 剩 3 天, 已逾期 2 小时. The due instant itself is the last that is in time. */
export function deadlineWords(dueMs: number, nowMs: number): string {
  const words = spanWords((dueMs - nowMs) / 1000);
  return nowMs > dueMs ? `已逾期 ${words}` : `剩 ${words}`;
}

export type Tone = "green" | "yellow" | "red";

/** Colour of a running clock. */
export function deadlineTone(dueMs: number, warnMs: number, nowMs: number): Tone {
  if (nowMs > dueMs) return "red";
  return nowMs >= warnMs ? "yellow" : "green";
}

/** A length to the millisecond, as gaps are told: 3分20.480秒, 20秒, 1小时0分5秒. */
export function spanExact(milliseconds: number): string {
  const whole = Math.round(Math.abs(milliseconds));
  const rest = whole % 1000;
  const seconds = Math.floor(whole / 1000);
  const hours = Math.floor(seconds / HOUR);
  const minutes = Math.floor((seconds % HOUR) / MINUTE);
  const tail = rest ? `${seconds % MINUTE}.${String(rest).padStart(3, "0")}秒` : `${seconds % MINUTE}秒`;
  if (hours) return `${hours}小时${minutes}分${tail}`;
  return minutes ? `${minutes}分${tail}` : tail;
}
