// A form marked data-passkey asks the device for a passkey before it is sent: data-passkey says
// whether one is made ("create") or shown ("get"), data-options where the server's wishes are
// (an address; without one they stand on the page). The answer goes along as the field `credential`.

type Wishes = { publicKey: PublicKeyCredentialCreationOptionsJSON & PublicKeyCredentialRequestOptionsJSON };

const REFUSED: Record<string, string> = {
  NotAllowedError: "没有完成：已取消、超时，或者这台设备上没有本系统的通行密钥。",
  InvalidStateError: "这台设备已经登记过通行密钥。",
  SecurityError: "这一地址不能使用通行密钥：请用域名和 https 打开（本机可用 localhost）。",
};

async function wishesOf(form: HTMLFormElement): Promise<Wishes> {
  const address = form.dataset.options;
  if (!address) {
    const told = JSON.parse(document.getElementById("passkey-options")?.textContent ?? "{}");
    return told.request_options;
  }
  const answer = await fetch(address, { headers: { "X-Requested-With": "XMLHttpRequest" } });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const told = await answer.json();
  return told.creation_options ?? told.request_options;
}

async function askDevice(form: HTMLFormElement): Promise<PublicKeyCredential> {
  const { publicKey } = await wishesOf(form);
  const found =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
  if (!(found instanceof PublicKeyCredential)) throw new DOMException("", "NotAllowedError");
  return found;
}

async function complete(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const field = form.elements.namedItem("credential") as HTMLInputElement;
  const words = form.querySelector<HTMLElement>("[data-passkey-words]");
  if (words) words.textContent = "请在设备上确认…";
  try {
    field.value = JSON.stringify((await askDevice(form)).toJSON());
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    if (words) words.textContent = REFUSED[name] ?? "没有完成，请重试；仍不行请用动态口令。";
    return;
  }
  form.requestSubmit(submitter);
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (!form.dataset.passkey) return;
  const field = form.elements.namedItem("credential");
  if (!(field instanceof HTMLInputElement) || field.value) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  void complete(form, event.submitter);
}

/** Before anything else hears of the sending. A browser without passkeys says so beforehand. */
export function listenToPasskeys(): void {
  document.addEventListener("submit", onSubmit, { capture: true });
  if (window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    const words = form.querySelector("[data-passkey-words]");
    if (words) words.textContent = "这一浏览器或者地址不能使用通行密钥：请用域名和 https 打开。";
  }
}
