// The phone's camera, microphone and place. Not for keeping what they give (`store`, `recording`).

import type { Position, TakeKind } from "./schema.ts";

/** Why this page can't film here, in words; null when it can. */
export function obstacle(): { message: string; remedy: string } | null {
  if (!window.isSecureContext) {
    return {
      message: "这个页面是用 http 打开的，浏览器不允许它使用相机和麦克风，也不能脱网工作",
      remedy: "请用 https 地址打开；第一次要先在手机上信任本单位的证书",
    };
  }
  if (!("mediaDevices" in navigator) || typeof MediaRecorder === "undefined" || !("indexedDB" in window)) {
    return { message: "这个浏览器不能录像", remedy: "请换用新版 Chrome、Edge 或 Safari；也可以用执法记录仪拍摄后上传" };
  }
  return null;
}

const WORDS: Record<string, { message: string; remedy: string }> = {
  NotAllowedError: { message: "没有使用相机和麦克风的权限", remedy: "请在浏览器的网站设置中允许相机和麦克风，再试一次" },
  NotFoundError: { message: "没有找到相机或麦克风", remedy: "请检查设备，或者改用录音、执法记录仪" },
  NotReadableError: { message: "相机或麦克风正被别的应用占用", remedy: "请关闭正在使用相机的应用，再试一次" },
};

/** What went wrong when the camera was asked for. */
export function cameraProblem(error: unknown): { message: string; remedy: string } {
  const name = error instanceof DOMException ? error.name : "";
  return WORDS[name] ?? { message: "相机没有打开", remedy: "请再试一次；仍不行请改用执法记录仪" };
}

/** Picture and sound for filming, sound alone for listening, picture alone for photos. */
export function openStream(kind: TakeKind): Promise<MediaStream> {
  const video = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25 } };
  return navigator.mediaDevices.getUserMedia({
    video: kind === "audio" ? false : video,
    audio: kind !== "photo",
  });
}

// MP4 first: every browser of the office plays it.
const TYPES: Record<"video" | "audio", string[]> = {
  video: ["video/mp4;codecs=avc1.42E01F,mp4a.40.2", "video/webm;codecs=vp8,opus", "video/webm", "video/mp4"],
  audio: ["audio/mp4;codecs=mp4a.40.2", "audio/webm;codecs=opus", "audio/webm", "audio/mp4"],
};

/** The best type this browser records; "" leaves it to the browser. */
export function recordedType(kind: "video" | "audio"): string {
  return TYPES[kind].find((type) => MediaRecorder.isTypeSupported(type)) ?? "";
}

/** File name of a take: our own layout, which the server reads too. */
export function nameOf(kind: TakeKind, startedAt: number, mime: string): string {
  const at = new Date(startedAt + 8 * 3_600_000).toISOString();
  const stamp = at.slice(0, 19).replace(/[-:]/g, "").replace("T", "_");
  const prefix = { video: "VID", audio: "AUD", photo: "IMG" }[kind];
  const ending = mime.includes("jpeg") ? "jpg" : mime.includes("mp4") ? (kind === "audio" ? "m4a" : "mp4") : "webm";
  return `${prefix}_${stamp}.${ending}`;
}

/** One picture of what the camera sees, as JPEG; waits for the first one after it was opened. */
export async function photograph(seen: HTMLVideoElement): Promise<Blob> {
  if (seen.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
    await new Promise((shown) => seen.addEventListener("loadeddata", shown, { once: true }));
  }
  const canvas = document.createElement("canvas");
  canvas.width = seen.videoWidth;
  canvas.height = seen.videoHeight;
  canvas.getContext("2d")?.drawImage(seen, 0, 0);
  const picture = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.92));
  if (!picture) throw new DOMException("no picture", "NotReadableError");
  return picture;
}

/** Follows the phone's place; `current` is null until something is known. */
export class Place {
  current: Position | null = null;
  problem = "";
  private watch: number | null = null;

  follow(changed: () => void): void {
    if (this.watch !== null || !("geolocation" in navigator)) return;
    this.watch = navigator.geolocation.watchPosition(
      ({ coords, timestamp }) => {
        const { latitude, longitude, accuracy } = coords;
        this.current = { latitude, longitude, accuracy_m: accuracy, at: new Date(timestamp).toISOString() };
        this.problem = "";
        changed();
      },
      (error) => {
        this.problem = error.code === error.PERMISSION_DENIED ? "没有定位权限" : "暂时定不了位";
        changed();
      },
      { enableHighAccuracy: true, maximumAge: 15_000, timeout: 30_000 },
    );
  }
}
