// What the island `verify` gets (src/liuhen/web/proofs.py, `island_data`).

export interface VerifyData {
  readonly title: string;
  readonly proof_href: string;
  /** The record's bytes, when the reader may have them; else a file of theirs may be chosen. */
  readonly content_href: string | null;
  readonly sha256: string;
  readonly size: number;
  readonly origin: string;
  readonly log_keys: readonly string[];
  readonly witnesses: readonly { readonly name: string; readonly vkey: string }[];
}
