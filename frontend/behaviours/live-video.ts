// A live picture: `<figure data-live="address">` with a <video> and words. The address answers with
// the piece being recorded and ends with it; then the next piece is asked for. When none comes, the
// address is asked why: a video element is told nothing.

const SOON_MS = 500;
const LATER_MS = 4000;
// When the picture has fallen so far behind what has arrived, it jumps.
const BEHIND_S = 6;
const NEAR_S = 1;
const HEVC = 'video/mp4; codecs="hvc1.1.6.L93.B0"';

export function showLivePictures(root: ParentNode = document): void {
  for (const figure of root.querySelectorAll<HTMLElement>("[data-live]")) {
    if (figure.dataset["liveIs"] !== "shown") {
      figure.dataset["liveIs"] = "shown";
      show(figure);
    }
  }
}

function show(figure: HTMLElement): void {
  const video = figure.querySelector("video");
  const address = figure.dataset["live"];
  if (!video || !address) {
    return;
  }
  const told = figure.querySelector("figcaption");
  let piece = 0;

  function tell(words: string): void {
    if (told) {
      told.textContent = words;
    }
  }

  function ask(): void {
    if (!figure.isConnected || !video) {
      return;
    }
    piece += 1;
    // What this browser plays comes as it is; else the server makes it playable on the way.
    video.src = `${address}?piece=${piece}${video.canPlayType(HEVC) ? "&plays=hevc" : ""}`;
    video.play().catch(() => undefined);
  }

  video.addEventListener("playing", () => tell(""));
  video.addEventListener("waiting", () => tell("等待画面…"));
  video.addEventListener("ended", () => window.setTimeout(ask, SOON_MS));
  video.addEventListener("error", () => {
    void whyNone(address).then(({ words, isOver }) => {
      tell(words);
      if (!isOver) {
        window.setTimeout(ask, LATER_MS);
      }
    });
  });
  video.addEventListener("timeupdate", () => {
    const end = video.buffered.length ? video.buffered.end(video.buffered.length - 1) : 0;
    if (end - video.currentTime > BEHIND_S) {
      video.currentTime = end - NEAR_S;
    }
  });
  ask();
}

/** Why there is no picture, in words, and whether asking again is of no use. */
export async function whyNone(address: string): Promise<{ words: string; isOver: boolean }> {
  const answer = await fetch(`${address}?why`, { redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect") {
    return { words: "登录已过期。请重新登录，再打开实时查看。", isOver: true };
  }
  if (!answer?.headers.get("Content-Type")?.includes("problem+json")) {
    return { words: "现在没有画面，正在重新连接…", isOver: false };
  }
  const told = (await answer.json()) as { detail: string; remedy: string };
  return { words: told.detail + told.remedy, isOver: answer.status === 403 };
}
