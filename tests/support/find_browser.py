"""Where the page's tests find a Chromium, or, run as a script, get one."""

import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """Path of a Chromium on this machine, else of the one that playwright has downloaded."""
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    return on_path or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def main() -> None:
    """Install a Chromium if there is none: Debian's if this is root on Debian, else playwright's."""
    if find_browser():
        return
    apt = shutil.which("apt-get")
    if apt and subprocess.run([apt, "update", "-qq"], check=False).returncode == 0:
        subprocess.run([apt, "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=False)
    if not find_browser():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if not find_browser():
        print("No Chromium could be installed; the page's tests will be skipped.", file=sys.stderr)


if __name__ == "__main__":
    main()
