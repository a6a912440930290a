// Uploads: what went wrong in words, when to try again, how fast it goes.
import { describe, expect, it } from "vitest";
import { Pace } from "../islands/upload/pace.ts";
import { problemBefore, problemOf, retryDelay } from "../islands/upload/problems.ts";

describe("what went wrong", () => {
  it("is passing when the line or the server will come back", () => {
    for (const status of [0, 409, 423, 460, 500, 502, 503, 504, 599]) expect(problemOf(status).isPassing).toBe(true);
  });
  it("is left to the person when trying again can't help", () => {
    for (const status of [400, 401, 403, 413, 415, 422, 507]) expect(problemOf(status).isPassing).toBe(false);
  });
  it("begins anew when the server knows the upload no more", () => {
    expect(problemOf(404).isLost).toBe(true);
    expect(problemOf(410).isLost).toBe(true);
    expect(problemOf(503).isLost).toBe(false);
  });
  it("is told in the server's own words when it gives them", () => {
    const problem = problemOf(409, JSON.stringify({ title: "upload.exists", detail: "这段录像已经入库", remedy: "不必重复上传" }));
    expect([problem.message, problem.remedy]).toEqual(["这段录像已经入库", "不必重复上传"]);
  });
  it("is told in ours when the answer is a page, nothing, or odd JSON", () => {
    for (const body of ["", "<html>", "null", "[]", '{"detail": 7}']) expect(problemOf(413, body).message).toBe("文件超过允许的大小");
  });
  it("is known before a byte is sent for an empty or too large file", () => {
    expect(problemBefore({ name: "a.mp4", size: 0 }, undefined)?.isHopeless).toBe(true);
    expect(problemBefore({ name: "a.mp4", size: 101 }, 100)?.isHopeless).toBe(true);
    expect(problemBefore({ name: "a.mp4", size: 100 }, 100)).toBeNull();
    expect(problemBefore({ name: "a.mp4", size: 1e12 }, undefined)).toBeNull();
  });
});

describe("trying again", () => {
  it("waits longer each time, at most half a minute, never shorter than the server asks", () => {
    const waits = Array.from({ length: 30 }, (_, attempt) => retryDelay(attempt, null) ?? -1);
    waits.slice(1).forEach((wait, index) => expect(wait).toBeGreaterThanOrEqual(waits[index] ?? 0));
    expect(Math.max(...waits)).toBe(30);
    expect(retryDelay(0, 45)).toBe(45);
  });
  it("ends after thirty vain tries", () => {
    expect(retryDelay(29, null)).not.toBeNull();
    expect(retryDelay(30, null)).toBeNull();
  });
});

describe("the pace", () => {
  it("is unknown at first, then the mean of the last eight seconds", () => {
    const pace = new Pace();
    expect(pace.speed).toBeNull();
    pace.note(0, 0);
    expect(pace.left(10)).toBeNull();
    for (let second = 1; second <= 20; second += 1) pace.note(second * 1000, second <= 10 ? 0 : (second - 10) * 500);
    expect(pace.speed).toBe(500);
    expect(pace.left(5000)).toBe(10);
  });
  it("says nothing of the time left while nothing moves", () => {
    const pace = new Pace();
    pace.note(0, 100);
    pace.note(2000, 100);
    expect(pace.left(50)).toBeNull();
  });
  it("forgets after a pause", () => {
    const pace = new Pace();
    pace.note(0, 0);
    pace.note(1000, 100);
    pace.reset();
    expect(pace.speed).toBeNull();
  });
});
