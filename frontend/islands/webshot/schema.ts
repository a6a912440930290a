/** The fields of the form that the island fills: the file, the web address typed, the instant. */
export interface WebshotData {
  file: string;
  address: string;
  captured: string;
}
