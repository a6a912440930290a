// What the server gives the player: one recording that this person may see now.

export interface PlayerData {
  kind: "video" | "audio" | "photo";
  name: string;
  /** Address that answers ranges. */
  src: string;
  mime?: string;
  poster?: string;
  /** First picture on the corrected clock; null: nothing tells the time. */
  started_at: string | null;
  duration_ms: number | null;
  /** null: unknown; a step is then 1/25 s. */
  frames_per_second: number | null;
  /** The activity it belongs to, with its other recordings and gaps. */
  activity: PlayerActivity | null;
  bookmarks: Bookmark[];
  /** POST label, at_ms, kind; answers the Bookmark as JSON. Absent: no new marks. */
  bookmark_url?: string;
  bookmark_kinds?: { value: string; label: string }[];
  /** Written over the picture: who looks, and what for. */
  watermark: { viewer: string; note?: string };
}

export interface PlayerActivity {
  name: string;
  started_at: string;
  ended_at: string | null;
  others: { name: string; started_at: string; ended_at: string; href: string }[];
  gaps: { started_at: string; ended_at: string; words?: string }[];
}

export interface Bookmark {
  id: string;
  at_ms: number;
  label: string;
  kind?: string;
  by?: string;
}
