"""A Firefox driven over Marionette, its own protocol: lengths and JSON over one connection.

Playwright drives only a Firefox of its own making; this is the one a user has. Not a test.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.waiting import until

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
PATIENCE_S = 120
PREFERENCES = """\
user_pref("marionette.port", {port});
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("security.dialog_enable_delay", 0);
user_pref("app.update.disabledForTesting", true);
"""
# The system's dialog for folders can't be driven: this answers it as a person would who chooses.
PICKER = """
const [path] = arguments;
class Picker {
  QueryInterface = ChromeUtils.generateQI(["nsIFilePicker"]);
  init() {}
  appendFilters() {}
  appendRawFilter() {}
  get file() {
    const file = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
    file.initWithPath(path);
    return file;
  }
  open(callback) {
    Services.tm.dispatchToMainThread(() => callback.done(Ci.nsIFilePicker.returnOK));
  }
}
Components.manager.QueryInterface(Ci.nsIComponentRegistrar).registerFactory(
  Services.uuid.generateUUID(), "", "@mozilla.org/filepicker;1",
  {
    QueryInterface: ChromeUtils.generateQI(["nsIFactory"]),
    createInstance(iid) { return new Picker().QueryInterface(iid); },
  },
);
"""


class MarionetteError(Exception):
    """What the browser answered instead of doing it."""


class Firefox:
    """One browser with one page."""

    def __init__(self, line: socket.socket) -> None:
        self._stream = line.makefile("rwb")
        self._number = 0
        self._read()  # how it introduces itself

    def ask(self, command: str, **told: Any) -> Any:
        """Have one command done. Raises MarionetteError with what the browser says."""
        self._number += 1
        message = json.dumps([0, self._number, command, told]).encode()
        self._stream.write(b"%d:%s" % (len(message), message))
        self._stream.flush()
        _, _, error, result = self._read()
        if error:
            raise MarionetteError(error["error"])
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def _read(self) -> Any:
        length = b""
        while (char := self._stream.read(1)) != b":":
            assert char, "the browser has ended"
            length += char
        return json.loads(self._stream.read(int(length)))

    def go(self, page: Path) -> None:
        """Open a file as by double-click."""
        self.ask("WebDriver:Navigate", url=page.as_uri())

    def run(self, script: str, *arguments: object) -> Any:
        """What a script returns in the page."""
        return self.ask("WebDriver:ExecuteScript", script=script, args=list(arguments))

    def choose_folder(self, label: str, folder: Path) -> None:
        """Click a control that asks for a folder, choose this one, and confirm it."""
        self.ask("Marionette:SetContext", value="chrome")
        self.run(PICKER, str(folder))
        self.ask("Marionette:SetContext", value="content")
        box = f"const box = document.querySelector({json.dumps(label)}).getBoundingClientRect();"
        x, y = self.run(f"{box} return [box.x + box.width / 2, box.y + box.height / 2];")
        steps = [
            {"type": "pointerMove", "x": int(x), "y": int(y)},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        mouse = {"type": "pointer", "id": "mouse", "actions": steps}
        self.ask("WebDriver:PerformActions", actions=[mouse])
        until(self._is_asked)
        self.ask("WebDriver:AcceptAlert")

    def _is_asked(self) -> bool:
        """Whether the browser wants to know if all files are really to be taken."""
        try:
            self.ask("WebDriver:GetAlertText")
        except MarionetteError:
            return False
        return True


@contextmanager
def firefox(folder: Path) -> Iterator[Firefox]:
    """A browser without a window, its profile in `folder`, for the block."""
    assert FIREFOX is not None
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "user.js").write_text(PREFERENCES.format(port=port))
    command = [FIREFOX, "--headless", "--marionette", "--remote-allow-system-access"]
    browser = subprocess.Popen(
        [*command, "--no-remote", "--profile", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: _answers(port), PATIENCE_S)
        with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as line:
            driven = Firefox(line)
            driven.ask("WebDriver:NewSession", capabilities={})
            yield driven
    finally:
        browser.kill()
        browser.wait()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
