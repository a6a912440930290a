// The server's data with instants as numbers and everything a person can point at as one list of
// items in order of time. Pure.

import { clockTime, endInstant, instant, instantExact, parse } from "../../text/instants.ts";
import { spanExact } from "../../text/spans.ts";
import type { Span } from "./scale.ts";
import type { LampState, Lane, TimelineActivity, TimelineData, TimelineRecording } from "./schema.ts";

export type ItemKind = "stage" | "activity" | "recording" | "gap" | "entry" | Lane;

export interface Item {
  id: string;
  kind: ItemKind;
  from: number;
  to: number;
  title: string;
  /** Further lines of the tip, in words. */
  lines: string[];
  lamp: LampState | null;
  href: string | null;
  /** Activity it hangs under; null otherwise. */
  activity: string | null;
  source: unknown;
}

export interface Model {
  whole: Span;
  now: number;
  isOpen: boolean;
  items: Item[];
  /** Recordings of which nothing tells the time. */
  timeless: TimelineRecording[];
}

const ORDER: ItemKind[] = ["stage", "activity", "recording", "gap", "paper", "approval", "service", "deadline", "entry"];
const KINDS = { video: "录像", audio: "录音", photo: "照片", scan: "扫描件", other: "其他" } as const;

const range = (from: number, to: number): string =>
  from === to ? instant(from) : `${instant(from)} 至 ${instant(from).slice(0, 10) === instant(to).slice(0, 10) ? clockTime(to, false) : instant(to)}`;

/** What a recording's tracks are, in words. */
export function trackWords(recording: TimelineRecording): string {
  if (recording.kind === "photo" || recording.kind === "scan") return KINDS[recording.kind];
  const picture = recording.has_video === null ? "画面未知" : recording.has_video ? "有画面" : "无画面";
  const sound = recording.has_audio === null ? "声音未知" : recording.has_audio ? "有声音" : "无声音";
  return recording.kind === "audio" ? sound : `${picture}、${sound}`;
}

function recordingItem(recording: TimelineRecording, activity: string | null): Item | null {
  const from = parse(recording.started_at);
  if (from === null) return null;
  const to = parse(recording.ended_at) ?? from;
  return {
    id: `recording-${recording.id}`,
    kind: "recording",
    from,
    to,
    title: `${KINDS[recording.kind]}　${recording.name}`,
    lines: [
      to > from ? `${instantExact(from)}，长 ${spanExact(to - from)}` : instantExact(from),
      [trackWords(recording), recording.device].filter(Boolean).join("，"),
      ...(activity ? [] : ["尚未标注到活动"]),
    ],
    lamp: null,
    href: recording.href ?? null,
    activity,
    source: recording,
  };
}

function activityItems(activity: TimelineActivity, now: number): Item[] {
  const from = parse(activity.started_at) ?? now;
  const ends = activity.recordings.map((one) => parse(one.ended_at) ?? parse(one.started_at) ?? from);
  const to = parse(activity.ended_at) ?? Math.max(from, ...ends);
  const head: Item = {
    id: `activity-${activity.id}`,
    kind: "activity",
    from,
    to,
    title: activity.name,
    lines: [
      `${range(from, to)}${activity.ended_at ? `，长 ${spanExact(to - from)}` : "，未结束"}`,
      [activity.place, activity.officers?.join("、")].filter(Boolean).join("，"),
      activity.requires ? `要求：${activity.requires}` : "",
      activity.lamp_words ?? "",
    ].filter(Boolean),
    lamp: activity.lamp ?? null,
    href: activity.href ?? null,
    activity: null,
    source: activity,
  };
  const gaps = activity.gaps.map((gap, index): Item => {
    const start = parse(gap.started_at) ?? from;
    const end = parse(gap.ended_at) ?? start;
    return {
      id: `gap-${activity.id}-${index}`,
      kind: "gap",
      from: start,
      to: end,
      title: `缺 ${spanExact(end - start)}`,
      lines: [`${instantExact(start)} 至 ${clockTime(end)}`, gap.words || "尚未说明原因"],
      lamp: "red",
      href: gap.href ?? activity.href ?? null,
      activity: head.id,
      source: gap,
    };
  });
  const recordings = activity.recordings
    .map((recording) => recordingItem(recording, head.id))
    .filter((item) => item !== null);
  return [head, ...recordings, ...gaps];
}

/** Reads the server's data. What has no time is kept apart, never placed by guess. */
export function read(data: TimelineData): Model {
  const now = parse(data.now) ?? 0;
  const start = parse(data.started_at) ?? now;
  const end = parse(data.ended_at);
  const items: Item[] = data.activities.flatMap((activity) => activityItems(activity, now));
  data.unlabelled.forEach((recording) => {
    const item = recordingItem(recording, null);
    if (item) items.push(item);
  });
  data.stages.forEach((stage, index) => {
    const from = parse(stage.started_at) ?? start;
    const to = parse(stage.ended_at) ?? Math.max(from, end ?? now);
    items.push({
      id: `stage-${index}`, kind: "stage", from, to, title: stage.name,
      lines: [`${range(from, to)}${stage.ended_at ? "" : "，进行中"}`],
      lamp: null, href: null, activity: null, source: stage,
    });
  });
  data.marks.forEach((mark) => {
    const at = parse(mark.at) ?? start;
    items.push({
      id: `mark-${mark.id}`, kind: mark.lane, from: at, to: at, title: mark.label,
      lines: [mark.lane === "deadline" ? endInstant(at) : instant(at), mark.note ?? ""].filter(Boolean),
      lamp: mark.lamp ?? null, href: mark.href ?? null, activity: null, source: mark,
    });
  });
  data.ledger.forEach((entry, index) => {
    const at = parse(entry.at) ?? start;
    items.push({
      id: `entry-${index}`, kind: "entry", from: at, to: at, title: entry.event,
      lines: [
        [instantExact(at), entry.actor].filter(Boolean).join("，"),
        entry.index === null ? "已记入，待编入日志" : `日志第 ${entry.index} 条`,
      ],
      lamp: null, href: entry.href ?? null, activity: null, source: entry,
    });
  });
  // What begins together: the longer first, so that one walks from the whole to its parts.
  items.sort((a, b) => a.from - b.from || b.to - a.to || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  const from = Math.min(start, ...items.map((item) => item.from));
  const to = Math.max(end ?? now, ...items.map((item) => item.to), from + 60_000);
  const timeless = [...data.activities.flatMap((one) => one.recordings), ...data.unlabelled].filter(
    (one) => parse(one.started_at) === null,
  );
  return { whole: { from, to }, now, isOpen: end === null, items, timeless };
}
