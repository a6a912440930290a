// Verifies one record from its proof file, with the disc verifier's own code. Nothing of the page.
import { sha256 } from "@noble/hashes/sha2.js";
import { hexOf, utf8, Wrong } from "../../disc/bytes.ts";
import { parseVkey } from "../../disc/notes.ts";
import { parseProof, verifyProof } from "../../disc/proofs.ts";
import type { VerifyData } from "./schema.ts";

export type Lamp = "green" | "red" | "unknown";
export interface Step {
  readonly lamp: Lamp;
  readonly title: string;
  readonly words: string;
}

/** The SHA-256 of a stream, piece by piece. */
export async function digestOf(
  stream: ReadableStream<Uint8Array>,
  onRead: (bytes: number) => void,
): Promise<string> {
  const hash = sha256.create();
  const reader = stream.getReader();
  for (let read = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return hexOf(hash.digest());
    hash.update(value);
    read += value.length;
    onRead(read);
  }
}

/** Each step from the file to the signatures; `found` is its digest, null when none was read. */
export function steps(
  data: VerifyData,
  proof: string,
  found: string | null,
  givenKey: string,
): Step[] {
  return [fileStep(data, found), ...proofSteps(data, proof, givenKey)];
}

export function isWhole(done: readonly Step[]): boolean {
  return done.every((step) => step.lamp !== "red");
}

function fileStep(data: VerifyData, found: string | null): Step {
  const title = "文件的摘要";
  if (found === null) return { lamp: "unknown", title, words: "没有读文件，只核对登记的摘要" };
  return found === data.sha256
    ? { lamp: "green", title, words: `浏览器算得 ${found}，与登记的一致` }
    : { lamp: "red", title, words: `浏览器算得 ${found}，登记的是 ${data.sha256}` };
}

function proofSteps(data: VerifyData, proof: string, givenKey: string): Step[] {
  const titles = ["账本条目", "包含证明", "账本签名"];
  try {
    const entry = parseProof(proof).extra?.entry;
    if (entry === undefined) throw new Wrong("proof.malformed", "extra");
    const isNamed = entry.includes(data.sha256);
    const keys = (givenKey ? givenKey.split(/\s+/) : data.log_keys).map(parseVkey);
    const witnesses = data.witnesses.map((one) => parseVkey(one.vkey));
    const told = verifyProof(proof, utf8.encode(entry), data.origin, keys, witnesses);
    const { size } = told.opened.checkpoint;
    return [
      isNamed
        ? { lamp: "green", title: "账本条目", words: "条目写着这个摘要" }
        : { lamp: "red", title: "账本条目", words: "条目里没有这个摘要" },
      {
        lamp: "green",
        title: "包含证明",
        words: `由 ${told.proof.path.length} 个旁支散列算到检查点的根；第 ${told.proof.index} 条，共 ${size} 条`,
      },
      {
        lamp: "green",
        title: "账本签名",
        words: `${data.origin} 的 Ed25519 签名成立，${givenKey ? "用的是您填入的公钥" : "公钥来自本页，尚未与外部核对"}`,
      },
      ...witnessSteps(data, told.opened.cosigned),
    ];
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return [{ lamp: "red", title: titles.join("、"), words: `不成立（${words}）` }];
  }
}

function witnessSteps(
  data: VerifyData,
  cosigned: readonly { readonly name: string; readonly at: Date }[],
): Step[] {
  if (cosigned.length === 0) {
    return [{ lamp: "unknown", title: "见证签名", words: "检查点上没有见证方的签名" }];
  }
  return cosigned.map(({ name }) => {
    const known = data.witnesses.find((one) => one.vkey.startsWith(`${name}+`));
    return { lamp: "green", title: "见证签名", words: `${known?.name ?? name} 的签名成立` };
  });
}

