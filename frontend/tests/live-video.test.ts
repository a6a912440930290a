import { afterEach, expect, it, vi } from "vitest";
import { whyNone } from "../behaviours/live-video.ts";

afterEach(() => vi.unstubAllGlobals());

function answers(status: number, body: string | null, type = ""): void {
  vi.stubGlobal("fetch", (path: string) => {
    expect(path).toBe("/s?why");
    return Promise.resolve(new Response(body, { status, headers: { "Content-Type": type } }));
  });
}

it("a live view without a picture says what the server says, and asks again unless it is over", async () => {
  const problem = JSON.stringify({ detail: "观看人数已满。", remedy: "请稍后再试。" });
  answers(503, problem, "application/problem+json");
  expect(await whyNone("/s")).toEqual({ words: "观看人数已满。请稍后再试。", isOver: false });
  answers(403, problem, "application/problem+json");
  expect((await whyNone("/s")).isOver).toBe(true);
  answers(204, null);
  expect(await whyNone("/s")).toEqual({ words: "现在没有画面，正在重新连接…", isOver: false });
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("line broken")));
  expect((await whyNone("/s")).words).toContain("正在重新连接");
});
