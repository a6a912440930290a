// What went wrong with an upload, in words that say what to do, and whether trying again can help.
// Pure.

export interface Problem {
  message: string;
  remedy: string;
  /** The same request may succeed later: it is tried again by itself. */
  isPassing: boolean;
  /** The upload is gone on the server: it has to begin anew. */
  isLost: boolean;
  /** Going on with this file can't help. */
  isHopeless?: boolean;
}

const passing = (message: string, remedy: string): Problem => ({ message, remedy, isPassing: true, isLost: false });
const final = (message: string, remedy: string): Problem => ({ message, remedy, isPassing: false, isLost: false });
const lost = (message: string, remedy: string): Problem => ({ message, remedy, isPassing: false, isLost: true });

const BY_STATUS: Record<number, Problem> = {
  0: passing("网络中断", "已传部分不会丢失，恢复后自动续传"),
  401: final("登录已过期", "请在另一窗口重新登录，再点“继续”，从断点续传"),
  403: final("没有上传到这里的权限，或登录已过期", "请重新登录后再点“继续”；仍不行请找单位负责人"),
  404: lost("服务器上已没有这次上传的断点（停留过久）", "点“重新上传”，从头开始"),
  409: passing("断点位置不一致", "正在与服务器核对后续传"),
  410: lost("这次上传已过期或被取消", "点“重新上传”，从头开始"),
  413: final("文件超过允许的大小", "请用采集工作站导入，或把录像分段后上传"),
  415: final("系统不接受这种文件", "请上传录像、录音、照片的原始文件或者扫描件（PDF），不要改扩展名"),
  423: passing("这个文件正在另一处上传", "请关闭另一窗口；稍后自动再试"),
  460: passing("传输中数据有误，服务器没有接受这一段", "正在重传这一段"),
  500: passing("服务器出错", "已传部分不会丢失，稍后自动再试"),
  502: passing("服务器正在重启", "已传部分不会丢失，稍后自动再试"),
  503: passing("服务器繁忙", "正在排队，稍后自动再试"),
  504: passing("服务器没有及时答复", "已传部分不会丢失，稍后自动再试"),
  507: final("存储空间不足，服务器没有接受", "请告诉系统管理人员；原始文件请勿删除"),
};

interface Told {
  /** RFC 9457, as the API answers. */
  detail?: unknown;
  remedy?: unknown;
}

function told(body: string): Told {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Told) : {};
  } catch {
    return {};
  }
}

/** The problem behind an answer: the server's own words where it gives them. */
export function problemOf(status: number, body = ""): Problem {
  const known = BY_STATUS[status] ?? (status >= 500 ? BY_STATUS[500] : undefined);
  const base = known ?? final(`服务器没有接受（${status}）`, "请稍后再点“继续”；仍不行请告诉系统管理人员");
  const { detail: message, remedy } = told(body);
  return {
    ...base,
    ...(typeof message === "string" && message ? { message } : {}),
    ...(typeof remedy === "string" && remedy ? { remedy } : {}),
  };
}

/** What can be told of a file before a byte is sent; null: nothing. */
export function problemBefore(file: { name: string; size: number }, mostBytes: number | undefined): Problem | null {
  if (file.size === 0) {
    return { ...final("文件是空的（0 字节）", "请在设备上确认录像已正常结束，再重新选择"), isHopeless: true };
  }
  if (mostBytes !== undefined && file.size > mostBytes) return { ...(BY_STATUS[413] as Problem), isHopeless: true };
  return null;
}

/** Seconds until the next try, growing; null: give up and leave it to the person. */
export function retryDelay(attempt: number, retryAfter: number | null): number | null {
  if (attempt >= 30) return null;
  return Math.max(retryAfter ?? 0, Math.min(30, 1.6 ** Math.min(attempt, 8)));
}
