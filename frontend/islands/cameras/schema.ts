// Several recordings of one activity, to be looked at side by side in step on the wall clock.

export interface CamerasData {
  name: string;
  tracks: CameraTrack[];
  gaps: { started_at: string; ended_at: string; words?: string }[];
  bookmarks: { at: string; label: string; track: number }[];
  watermark: { viewer: string; note?: string };
}

export interface CameraTrack {
  name: string;
  kind: "video" | "audio";
  src: string;
  /** On the corrected clock, RFC 3339. */
  started_at: string;
  ended_at: string;
}
