// Uploads that an earlier page left unfinished. A browser can't reopen a file by itself: the person
// chooses the same file once more and the rest is sent.

import { defaultOptions, Upload, type PreviousUpload } from "tus-js-client";
import { csrfToken } from "../../behaviours/partial-pages.ts";
import { html, icon } from "../../dom.ts";
import { now } from "../../server-clock.ts";
import { instant } from "../../text/instants.ts";
import { size } from "../../text/sizes.ts";

async function giveUp(one: PreviousUpload): Promise<void> {
  await defaultOptions.urlStorage.removeUpload(one.urlStorageKey);
  if (!one.uploadUrl) return;
  await Upload.terminate(one.uploadUrl, {
    retryDelays: null,
    onBeforeRequest: (request) => request.setHeader("X-CSRFToken", csrfToken()),
  }).catch(() => undefined); // already gone on the server: nothing left to give up
}

function line(one: PreviousUpload, forgotten: () => void): HTMLLIElement {
  const name = one.metadata.filename ?? "未命名文件";
  const drop = html("button", { type: "button", class: "btn btn-sm", "aria-label": `放弃 ${name} 的断点` }, icon("x"), "放弃");
  // Written by the reader's clock: told by the system's, as everything else on the page.
  const began = now() - (Date.now() - Date.parse(one.creationTime));
  const row = html(
    "li",
    {},
    html("span", {}, html("b", {}, name), ` ${one.size === null ? "" : size(one.size)}，开始于 ${Number.isNaN(began) ? "此前" : instant(began)}`),
    drop,
  );
  drop.addEventListener("click", () => {
    row.remove();
    void giveUp(one).then(forgotten);
  });
  return row;
}

/** The list of what can be resumed, into `place`; hidden when there is nothing. */
export async function showUnfinished(place: HTMLElement): Promise<void> {
  const all = await defaultOptions.urlStorage.findAllUploads();
  const ours = all.filter((one) => one.urlStorageKey.startsWith("tus::liuhen|"));
  place.hidden = ours.length === 0;
  place.replaceChildren(
    html("p", {}, html("b", {}, "上次有文件没有传完。"), "请再次选择同一个文件，从断点继续："),
    html("ul", {}, ...ours.map((one) => line(one, () => void showUnfinished(place)))),
  );
}
