// What the phone keeps and what the server tells the capture page.

export type TakeKind = "video" | "audio" | "photo";

/** recording: being made now. waiting: on the phone. stored: in the vault, only its story is kept here. */
export type TakeState = "recording" | "waiting" | "sending" | "stored" | "refused";

export interface Moment {
  kind: string;
  at_ms: number;
}

export interface Position {
  latitude: number;
  longitude: number;
  accuracy_m: number;
  /** RFC 3339, the phone's clock. */
  at: string;
}

/** How far the phone's clock is ahead, how exactly that is known, and when by it that was measured. */
export interface PhoneClock {
  offset_ms: number;
  within_ms: number;
  measured_at: number;
}

export interface Take {
  id: string;
  /** Whose recording it is; only that person's page sends it. */
  person: string;
  kind: TakeKind;
  mime: string;
  name: string;
  /** Milliseconds since the epoch by the phone's clock. */
  started_at: number;
  duration_ms: number;
  activity: string | null;
  activity_name: string;
  position: Position | null;
  /** What was known of the phone's clock when it began; null: nothing. */
  clock: PhoneClock | null;
  moments: Moment[];
  state: TakeState;
  size: number;
  pieces: number;
  sent: number;
  upload_url: string | null;
  /** Why the phone stopped before the person did; "" when it didn't. */
  broken: "" | "page_closed" | "device_fault" | "storage_full";
  problem: { message: string; remedy: string } | null;
  sha256: string;
  recording: string | null;
}

export interface Thing {
  id: string;
  person: string;
  activity: string;
  name: string;
  quantity: string;
  note: string;
  /** The take that is its photo. */
  photo: string | null;
  listed_at: number;
  state: "waiting" | "stored" | "refused";
  problem: { message: string; remedy: string } | null;
}

/** GET /api/v1/capture/ */
export interface ServerFacts {
  /** The system's present instant, RFC 3339. */
  now: string;
  csrf: string;
  person: { id: string; name: string; unit: string };
  activities: { id: string; name: string; case: string; place: string; ended_at: string | null }[];
  moments: { value: string; label: string }[];
}

/** ServerFacts as the phone keeps them, with what it last learned of its own clock. */
export interface KnownFacts extends ServerFacts {
  clock: PhoneClock | null;
}
