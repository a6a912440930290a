// What the server gives the timeline: one case, whole. Instants are RFC 3339 texts.
// docs/design.md says the same for those who write views.

export type LampState = "green" | "yellow" | "red" | "blue" | "grey" | "unknown" | "open";
export type Lane = "paper" | "approval" | "service" | "deadline";

export interface TimelineData {
  /** Accessible name, e.g. the case's number and cause. */
  label: string;
  started_at: string;
  /** null: the case is open and is drawn up to `now`. */
  ended_at: string | null;
  now: string;
  stages: TimelineStage[];
  activities: TimelineActivity[];
  /** Recordings that belong to no activity yet. */
  unlabelled: TimelineRecording[];
  marks: TimelineMark[];
  ledger: TimelineEntry[];
}

export interface TimelineStage {
  name: string;
  started_at: string;
  ended_at: string | null;
  state: "done" | "current" | "blocked";
}

export interface TimelineActivity {
  id: string;
  name: string;
  started_at: string;
  ended_at: string | null;
  place?: string;
  officers?: string[];
  /** What is asked of its recording, in words: 全程同步录音录像. */
  requires?: string;
  lamp?: LampState;
  lamp_words?: string;
  href?: string;
  recordings: TimelineRecording[];
  gaps: TimelineGap[];
}

export interface TimelineRecording {
  id: string;
  name: string;
  kind: "video" | "audio" | "photo" | "scan" | "other";
  /** null: nothing tells the time; it is listed in the table and not drawn. */
  started_at: string | null;
  ended_at: string | null;
  has_video: boolean | null;
  has_audio: boolean | null;
  device?: string;
  href?: string;
}

export interface TimelineGap {
  started_at: string;
  ended_at: string;
  /** Cause and explanation in words; empty: not explained. */
  words?: string;
  href?: string;
}

export interface TimelineMark {
  id: string;
  lane: Lane;
  label: string;
  at: string;
  note?: string;
  lamp?: LampState;
  href?: string;
}

export interface TimelineEntry {
  /** Index in the published log; null: recorded, not yet sequenced. */
  index: number | null;
  at: string;
  /** What happened, in words. */
  event: string;
  actor?: string;
  href?: string;
}
