// The strip beneath a picture of a web page: where it was taken and when, by the system's clock.

const HIGH = 44;

/** Address and instant as the strip says them, on the authority's wall clock. */
export function stripWords(address: string, at: Date): string {
  const wall = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "medium" });
  return `${address}　系统时间 ${wall.format(at)}`;
}

/** One frame with the strip beneath; the frame itself is not touched. */
export function withStrip(video: HTMLVideoElement, words: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight + HIGH;
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  pen.drawImage(video, 0, 0);
  pen.fillStyle = "#fff";
  pen.fillRect(0, video.videoHeight, canvas.width, HIGH);
  pen.fillStyle = "#000";
  pen.font = "20px sans-serif";
  pen.textBaseline = "middle";
  pen.fillText(words, 12, video.videoHeight + HIGH / 2, canvas.width - 24);
  return canvas;
}
