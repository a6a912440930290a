// htmx under the pages' policy: no eval, no inline style (see the meta `htmx-config`), the CSRF token
// with every request, and refusals shown where people look for them instead of being swallowed.

import htmx from "htmx.org";
import { focusRefusal, notice } from "./controls.ts";

interface SwapDetail {
  xhr: XMLHttpRequest;
}

const WORDS: Record<number, string> = {
  0: "连不上服务器，刚才的操作没有提交。请检查网络后再试。",
  401: "登录已过期，刚才的操作没有提交。请重新登录后再试。",
  403: "您没有办理这一事项的权限，或页面已过期。请刷新后再试。",
  404: "没有找到这条记录，或者您无权查看。",
  413: "一次提交的内容过大，没有保存。录音录像请用“上传音像记录”。",
  503: "系统暂时繁忙，刚才的操作没有提交。请稍后再试。",
};

/** The token the server wants with every write. */
export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

function onBeforeSwap(event: Event): void {
  const { detail } = event as CustomEvent<SwapDetail>;
  const { status } = detail.xhr;
  if (status < 400) return;
  const place = document.getElementById("notices");
  // A whole page or a fragment: the refusal in it is what people need to see, where they are.
  const answer = new DOMParser().parseFromString(detail.xhr.responseText, "text/html");
  const refusal = answer.querySelector(".lh-refusal");
  if (refusal && place) {
    place.replaceChildren(document.importNode(refusal, true));
    focusRefusal(place);
  } else {
    notice(WORDS[status] ?? `没有办成（${status}）。请稍后再试；仍不行请告诉系统管理人员。`);
  }
}

/** Puts htmx to work on the page. */
export function listenToPartialPages(): void {
  document.addEventListener("htmx:configRequest", (event) => {
    const { headers } = (event as CustomEvent<{ headers: Record<string, string> }>).detail;
    headers["X-CSRFToken"] = csrfToken();
  });
  document.addEventListener("htmx:beforeSwap", onBeforeSwap);
  document.addEventListener("htmx:sendError", () => notice(WORDS[0] as string));
  document.addEventListener("htmx:afterSettle", (event) => {
    const settled = (event as CustomEvent<{ elt: Element }>).detail.elt;
    if (settled.querySelector("[data-focus]")) focusRefusal(settled);
  });
  // Asking before an act holds for htmx too: its own question is only the browser's bare one.
  void htmx;
}
