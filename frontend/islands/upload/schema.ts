// What the server gives the upload island, and what it answers for a finished upload.

export interface UploadData {
  /** tus endpoint; default /api/v1/uploads/ */
  endpoint?: string;
  /** Sent as tus metadata with every file, e.g. {case: "…", activity: "…"}. */
  metadata?: Record<string, string>;
  /** Bytes; a larger file is refused before it is sent. */
  most_bytes?: number;
  /** What the file dialog offers, e.g. "video/*,audio/*,image/*,application/pdf"; nothing is refused by it. */
  accept?: string;
  /** Where the list of recordings is, to look at what has been stored. */
  done_href?: string;
  /** What belongs here, in words. */
  hint?: string;
}

/** GET of an upload's address with Accept: application/json. */
export interface UploadResult {
  state: "receiving" | "storing" | "stored" | "refused";
  sha256?: string;
  /** True: these bytes were here already; nothing was stored twice. */
  is_duplicate?: boolean;
  recording_href?: string;
  receipt_href?: string;
  message?: string;
  remedy?: string;
}
