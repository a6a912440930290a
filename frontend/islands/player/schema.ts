// What the server gives the player: one recording that this person may see now.

export interface PlayerData {
  kind: "video" | "audio" | "photo";
  name: string;
  /** Address that answers ranges. */
  src: string;
  mime?: string;
  poster?: string | null;
  /** Set when `src` is a copy made because browsers don't play the original. */
  proxy?: { sha256: string; original: string } | null;
  /** Pictures of the whole recording at a glance. */
  sheet?: string | null;
  sound?: Sound | null;
  /** Where the picture is black for long, [from, to] in ms. */
  dark?: [number, number][];
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
  /** POST at_ms; answers {href, sha256}: the picture as a file. */
  still_url?: string;
  /** POST from_ms, to_ms; answers {href, sha256}: the piece as a file. */
  clip_url?: string;
  /** Written over the picture: who looks, and what for. */
  watermark: { viewer: string; note?: string };
}

/** A scan: its pages as pictures, null where one is not drawn yet. */
export interface PagesData {
  kind: "scan";
  name: string;
  pages: (string | null)[];
  watermark: { viewer: string; note?: string };
}

/** Loudness 0..100 over `length_ms`; spans are [from, to] in ms. Voices are a machine's guess. */
export interface Sound {
  length_ms: number;
  peaks: number[];
  silences: [number, number][];
  voices: [number, number][];
}

export interface PlayerActivity {
  name: string;
  /** Where all its recordings are shown side by side. */
  watch_href?: string;
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
  /** POST withdraws it. */
  withdraw_url?: string;
}
