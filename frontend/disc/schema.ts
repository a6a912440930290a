// `data/case.json` (docs/formats/package.md) and `disc.json` (docs/formats/disc.md) as we read them.

export interface PackedFile {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
}

export interface PackedRecord {
  readonly id: string;
  readonly file: PackedFile;
  readonly recorded_by: string | null;
}

export interface PackedPaper extends PackedRecord {
  readonly type: string;
  readonly title: string;
  readonly number: string | null;
  readonly issued_at: string | null;
}

export interface PackedRecording extends PackedRecord {
  readonly kind: string;
  readonly label: string;
  readonly original_name: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly receipt: PackedFile | null;
}

export interface PackedEvent {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly agents: readonly { readonly id: string; readonly role: string }[];
  readonly objects: readonly { readonly id: string; readonly role: string }[];
  readonly entry: PackedFile;
  readonly proof: PackedFile | null;
}

export interface CaseManifest {
  readonly format: string;
  readonly packed_at: string;
  readonly case: {
    readonly id: string;
    readonly number: string;
    readonly kind: string;
    readonly procedure: string;
    readonly cause: string;
    readonly unit: string;
    readonly started_at: string;
    readonly ended_at: string | null;
  };
  readonly papers: readonly PackedPaper[];
  readonly recordings: readonly PackedRecording[];
  readonly people: readonly { readonly id: string; readonly kind: string; readonly name: string }[];
  readonly events: readonly PackedEvent[];
  readonly files: readonly { readonly role: string; readonly file: PackedFile }[];
  readonly log: { readonly origin: string; readonly checkpoint: PackedFile | null } | null;
}

export interface DiscFacts {
  readonly format: string;
  readonly case: string;
  readonly part: number;
  readonly parts: number;
  readonly log_keys: readonly string[];
  readonly witness_keys: readonly string[];
  readonly elsewhere: readonly { readonly path: string; readonly part: number }[];
}

export const CASE_FORMAT = "liuhen case package v1";
export const DISC_FORMAT = "liuhen case disc v1";
