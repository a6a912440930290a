// Which islands there are. Each is loaded only on a page that holds one, also when htmx brings it.

type Mount = (host: HTMLElement) => void;

const islands: Record<string, () => Promise<{ mount: Mount }>> = {
  timeline: () => import("./timeline/index.ts"),
  upload: () => import("./upload/index.ts"),
  signature: () => import("./signature/index.ts"),
  paper: () => import("./paper/index.ts"),
  capture: () => import("./capture/index.ts"),
  clock: () => import("./clock/index.ts"),
  cameras: () => import("./cameras/index.ts"),
  filecheck: () => import("./filecheck/index.ts"),
  verify: () => import("./verify/index.ts"),
  player: () => import("./player/index.ts"),
  webshot: () => import("./webshot/index.ts"),
  chart: () => import("./chart/index.ts"),
  cover: () => import("./cover/index.ts"),
};

async function bring(host: HTMLElement): Promise<void> {
  const load = islands[host.dataset.island ?? ""];
  if (!load || host.dataset.islandState) return;
  host.dataset.islandState = "loading";
  try {
    (await load()).mount(host);
    host.dataset.islandState = "ready";
  } catch (problem) {
    host.dataset.islandState = "failed";
    const words = host.querySelector(".lh-island-waiting");
    if (words) words.textContent = "这一部分没有载入成功，请刷新页面再试。";
    throw problem;
  }
}

/** Brings every island under `root` to life. */
export function mountIslands(root: ParentNode = document): void {
  for (const host of root.querySelectorAll<HTMLElement>("[data-island]")) void bring(host);
}
