// Checks a disc, folder or stick: every file's digest, every proof and signature, nothing added.
// Trusts nothing that lies on it: a key given from elsewhere decides, when there is one.
import { textOf, utf8, Wrong } from "./bytes.ts";
import { digestAll } from "./hashing.ts";
import { type Cosigned, type NoteKey, parseNote, parseVkey, verifiedBy } from "./notes.ts";
import { verifyProof } from "./proofs.ts";
import {
  CASE_FORMAT,
  type CaseManifest,
  DISC_FORMAT,
  type DiscFacts,
  type PackedEvent,
  type PackedFile,
} from "./schema.ts";

export interface Finding {
  readonly code: string;
  readonly path: string;
  readonly what: string;
}

export interface Report {
  readonly findings: readonly Finding[];
  readonly notes: readonly Finding[];
  readonly files: number;
  readonly bytes: number;
  readonly proofs: number;
  readonly receipts: number;
  readonly origin: string;
  readonly key: string;
  readonly isKeyFromElsewhere: boolean;
  readonly witnesses: readonly Cosigned[];
  readonly case: CaseManifest["case"] | null;
  readonly part: number;
  readonly parts: number;
}

const MANIFEST = "manifest-sha256.txt";
const TAG_MANIFEST = "tagmanifest-sha256.txt";
const CASE = "data/case.json";
const DISC = "disc.json";
// What systems put onto a stick by themselves, and nothing else.
const SYSTEMS_OWN =
  /(?:^|\/)(?:\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$|^(?:System Volume Information|\$RECYCLE\.BIN|\.Trashes|\.Spotlight-V100|\.fseventsd|lost\+found)\//i;

/** The files of a chosen folder by their path below it. */
export function filesOf(list: Iterable<File>): Map<string, File> {
  const files = new Map<string, File>();
  for (const file of list) {
    const path = (file.webkitRelativePath || file.name).split("/").slice(1).join("/");
    files.set((path || file.name).normalize("NFC"), file);
  }
  return files;
}

export async function checkDisc(
  files: ReadonlyMap<string, File>,
  givenKey: string,
  onProgress: (read: number, total: number) => void,
): Promise<Report> {
  const total = [...files.values()].reduce((sum, file) => sum + file.size, 0);
  let read = 0;
  const { byPath } = await digestAll(files, (bytes) => {
    read += bytes;
    onProgress(read, total);
  });
  return new Checking(files, byPath, givenKey.trim()).report();
}

class Checking {
  readonly findings: Finding[] = [];
  readonly notes: Finding[] = [];
  private readonly listed = new Map<string, string>();
  private readonly entries = new Map<string, string>();
  private readonly witnesses = new Map<string, Cosigned>();
  private proofs = 0;
  private receipts = 0;
  private logs: NoteKey[] = [];
  private cosigners: NoteKey[] = [];

  constructor(
    private readonly files: ReadonlyMap<string, File>,
    private readonly digests: ReadonlyMap<string, string | null>,
    private readonly givenKey: string,
  ) {}

  async report(): Promise<Report> {
    await this.manifest(TAG_MANIFEST, false);
    await this.manifest(MANIFEST, true);
    this.additional();
    const disc = await this.json<DiscFacts>(DISC, DISC_FORMAT);
    const told = await this.json<CaseManifest>(CASE, CASE_FORMAT);
    this.keys(disc, told);
    if (told) await this.guarded(CASE, () => this.contents(told, disc));
    let bytes = 0;
    for (const file of this.files.values()) bytes += file.size;
    return {
      findings: this.findings,
      notes: this.notes,
      files: this.files.size,
      bytes,
      proofs: this.proofs,
      receipts: this.receipts,
      origin: told?.log?.origin ?? "",
      key: this.logs.map((key) => key.vkey).join("\n"),
      isKeyFromElsewhere: this.givenKey !== "",
      witnesses: [...this.witnesses.values()],
      case: told?.case ?? null,
      part: disc?.part ?? 1,
      parts: disc?.parts ?? 1,
    };
  }

  private find(code: string, path: string, what: string): void {
    this.findings.push({ code, path, what });
  }

  private async text(path: string): Promise<string> {
    const file = this.files.get(path);
    if (!file) throw new Wrong("file.missing", path);
    return textOf(new Uint8Array(await file.arrayBuffer()));
  }

  private async json<T extends { format: string }>(path: string, format: string): Promise<T | null> {
    try {
      const told = JSON.parse(await this.text(path)) as T;
      if (told.format !== format) throw new Wrong("case.malformed", "format");
      return told;
    } catch (error) {
      this.find("case.malformed", path, said(error));
      return null;
    }
  }

  private async guarded(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.find("case.malformed", path, said(error));
    }
  }

  // --- every file against the manifests

  private async manifest(path: string, isPayload: boolean): Promise<void> {
    let text: string;
    try {
      text = await this.text(path);
    } catch {
      this.find("manifest.missing", path, "清单不在，无法核对文件");
      return;
    }
    for (const line of text.split("\n").filter(Boolean)) {
      const found = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
      const name = found?.[2]?.replace(/%(0D|0A|25)/g, (code) => decodeURIComponent(code));
      if (!found?.[1] || !name || name.startsWith("data/") !== isPayload || this.listed.has(name)) {
        this.find("manifest.malformed", path, line.slice(0, 120));
        continue;
      }
      this.listed.set(name, found[1]);
      this.compare(name, found[1]);
    }
  }

  private compare(path: string, expected: string): void {
    const found = this.digests.get(path);
    if (found === undefined) this.find("file.missing", path, "清单上有，盘上没有");
    else if (found === null) this.find("file.unreadable", path, "读不出来");
    else if (found !== expected) {
      this.find("file.altered", path, `内容被改动：应为 ${expected}，现为 ${found}`);
    }
  }

  private additional(): void {
    for (const path of this.files.keys()) {
      if (this.listed.has(path) || path === TAG_MANIFEST) continue;
      if (SYSTEMS_OWN.test(path)) {
        this.notes.push({ code: "file.systems_own", path, what: "操作系统自己写入的文件" });
      } else this.find("file.additional", path, "清单上没有，是后来加入的");
    }
  }

  // --- keys

  private keys(disc: DiscFacts | null, told: CaseManifest | null): void {
    const given = this.givenKey ? this.givenKey.split(/\s+/) : null;
    try {
      this.logs = (given ?? disc?.log_keys ?? []).map(parseVkey);
      this.cosigners = (disc?.witness_keys ?? []).map(parseVkey);
    } catch (error) {
      this.find("key.malformed", given ? "填入的公钥" : DISC, said(error));
    }
    const origin = told?.log?.origin;
    if (origin && this.logs.some((key) => key.name !== origin)) {
      this.find("key.foreign", DISC, `公钥不属于账本 ${origin}`);
    }
    const onDisc = new Set(disc?.log_keys ?? []);
    if (given && !given.some((key) => onDisc.has(key))) {
      this.find("key.other", DISC, "盘上所列的账本公钥与您填入的不同");
    }
  }

  // --- what the case manifest says

  private async contents(told: CaseManifest, disc: DiscFacts | null): Promise<void> {
    const described = describedFiles(told);
    const elsewhere = new Map((disc?.elsewhere ?? []).map((one) => [one.path, one.part]));
    for (const file of described) this.described(file, elsewhere);
    const known = new Set([CASE, ...described.map((file) => file.path)]);
    for (const path of this.files.keys()) {
      if (path.startsWith("data/") && this.listed.has(path) && !known.has(path)) {
        this.find("case.file_undescribed", path, "案卷清单没有说明这个文件");
      }
    }
    for (const event of told.events) await this.event(event, told);
    for (const one of told.recordings) await this.receipt(one.file, one.receipt);
    this.recorded(told);
  }

  private described(file: PackedFile, elsewhere: ReadonlyMap<string, number>): void {
    const digest = this.listed.get(file.path);
    if (digest === undefined) {
      const part = elsewhere.get(file.path);
      if (part === undefined) this.find("case.file_missing", file.path, "案卷清单上有，盘上没有");
      else this.notes.push({ code: "case.elsewhere", path: file.path, what: `在第${part}张盘上` });
    } else if (digest !== file.sha256) {
      this.find("case.file_differs", file.path, "两份清单所记的摘要不同");
    }
  }

  private async event(event: PackedEvent, told: CaseManifest): Promise<void> {
    const path = event.entry.path;
    try {
      const entry = await this.text(path);
      const said = JSON.parse(entry) as { id: string; event: string; at: string };
      if (said.id !== event.id || said.event !== event.type || said.at !== event.at) {
        this.find("case.entry_differs", path, "案卷清单所述与账本条目不符");
      }
      if (!event.proof || !told.log) throw new Wrong("proof.missing", path);
      const { opened } = verifyProof(
        await this.text(event.proof.path),
        utf8.encode(entry),
        told.log.origin,
        this.logs,
        this.cosigners,
      );
      this.proofs += 1;
      this.entries.set(event.id, entry);
      for (const one of opened.cosigned) this.witnesses.set(one.name, one);
    } catch (error) {
      const code = error instanceof Wrong ? error.code : "proof.wrong";
      this.find(code, event.proof?.path ?? path, `这条记录的证明不成立（${said(error)}）`);
    }
  }

  private async receipt(file: PackedFile, receipt: PackedFile | null): Promise<void> {
    if (receipt === null) return;
    try {
      const note = parseNote(await this.text(receipt.path));
      if (verifiedBy(note, this.logs).length === 0) throw new Wrong("note.unsigned", "receipt");
      const lines = note.text.split("\n");
      if (lines[0] !== "liuhen receipt v1" || lines[2] !== file.sha256 || lines[3] !== `${file.size}`) {
        throw new Wrong("receipt.other", file.path);
      }
      this.receipts += 1;
    } catch (error) {
      const code = error instanceof Wrong ? error.code : "receipt.wrong";
      this.find(code, receipt.path, `入库回执不成立（${said(error)}）`);
    }
  }

  /** Each paper, recording and bound file is named, by its digest, in an entry that was proved. */
  private recorded(told: CaseManifest): void {
    const proved = [...this.entries.values()].join("\n");
    const records = [...told.papers, ...told.recordings, ...told.files];
    for (const { file } of records) {
      if (!proved.includes(file.sha256)) {
        this.find("case.entry_silent", file.path, "没有任何经过证明的账本条目登记过这份内容");
      }
    }
  }
}

function describedFiles(told: CaseManifest): PackedFile[] {
  const files: (PackedFile | null | undefined)[] = [
    ...[...told.papers, ...told.recordings, ...told.files].map((one) => one.file),
    ...told.recordings.map((one) => one.receipt),
    ...told.events.flatMap((one) => [one.entry, one.proof]),
    told.log?.checkpoint,
  ];
  return files.filter((file): file is PackedFile => file !== null && file !== undefined);
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
