// Several recordings of one activity, to be looked at side by side in step on the wall clock.

import type { PlayerData } from "../player/schema.ts";

export interface CamerasData {
  name: string;
  tracks: CameraTrack[];
  gaps: { started_at: string; ended_at: string; words?: string }[];
  bookmarks: { at: string; label: string; track: number }[];
  watermark: { viewer: string; note?: string };
}

export interface CameraTrack extends Pick<PlayerData, "frames_per_second" | "sound" | "dark"> {
  name: string;
  kind: "video" | "audio";
  src: string;
  /** On the corrected clock, RFC 3339. */
  started_at: string;
  ended_at: string;
}
