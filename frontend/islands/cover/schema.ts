/** What is covered: one picture, a film or pages, as this person may see it, and the form filled. */
export interface CoverData {
  kind: "video" | "photo" | "scan";
  name: string;
  src?: string;
  /** Of a paper or a scan; null where a page is not drawn yet. */
  pages?: (string | null)[];
  /** The id of the form whose fields a box fills. */
  form: string;
  watermark: { viewer: string; note?: string };
}
