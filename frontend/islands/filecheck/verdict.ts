// What the island `filecheck` gets (src/liuhen/web/paper_verification.py) and what it says.

export interface FileCheckData {
  readonly sha256: string;
}

export interface Verdict {
  readonly lamp: "green" | "red";
  readonly words: string;
  /** The digest of a file that is another. */
  readonly found: string;
}

/** What a file with this digest is, held against the paper's. */
export function verdict(found: string, data: FileCheckData): Verdict {
  return found === data.sha256
    ? { lamp: "green", words: "这个文件就是制作时固定的那一份，一个字节也没有改过", found: "" }
    : { lamp: "red", words: "这个文件不是制作时固定的那一份，它的摘要是：", found };
}
