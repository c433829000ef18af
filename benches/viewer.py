"""How long the rerun viewer takes to have a recording open: from the start of the program to the first picture of its
window that is that of 20 s later. Without a window and drawn by the processor, a picture itself takes seconds.

    python3 -m venv v && v/bin/pip install rerun-sdk==0.36.3 && v/bin/python benches/viewer.py runs/crown-001/recording.rrd
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy
from PIL import Image
from rerun.experimental import ViewerClient

WINDOW = "1600x950"
PORT = 9976
UNTIL_S = 20.0
# Of 255, in the mean: a cursor that blinks is less.
SAME = 0.05
# Where the viewer tells of itself for some seconds: that it listens, that it draws without a graphics card.
NOTICES = (slice(40, 360), slice(1260, 1600))


def pictures(recording: str, folder: Path) -> list[tuple[float, Path]]:
    """Pictures of the window, one after another, and when each was there."""
    program = Path(sys.executable).with_name("rerun")
    began = time.monotonic()
    arguments = ["--headless", "--window-size", WINDOW, "--port", str(PORT), "--memory-limit", "2GB", recording]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    viewer = subprocess.Popen([program, *arguments], start_new_session=True, **quiet)
    taken = []
    try:
        client = None
        while (now := time.monotonic() - began) < UNTIL_S or not taken:
            if now > 2 * UNTIL_S:
                sys.exit("the viewer shows nothing")
            path = folder / f"{len(taken)}.png"
            try:
                client = client or ViewerClient.connect(f"rerun+http://127.0.0.1:{PORT}/proxy")
                client.save_screenshot(str(path))
            except Exception:  # it does not listen yet
                client = None
                time.sleep(0.05)
                continue
            wait_until_whole(path)
            taken.append((time.monotonic() - began, path))
    finally:
        # The program that pip installs starts the viewer's own.
        os.killpg(viewer.pid, signal.SIGKILL)
        viewer.wait()
    return taken


def wait_until_whole(path: Path) -> None:
    """The viewer writes it while others do other things."""
    while True:
        try:
            return Image.open(path).load()
        except (OSError, SyntaxError):
            time.sleep(0.01)


def shown(path: Path) -> numpy.ndarray:
    image = numpy.array(Image.open(path).convert("RGB"), dtype=float)
    image[NOTICES] = 0.0
    return image


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        taken = pictures(sys.argv[1], Path(folder))
        images = [(at, shown(path)) for at, path in taken]
    last = images[-1][1]
    off = [(at, abs(image - last).mean()) for at, image in images]
    for at, by in off[:12]:
        print(f"{at:6.2f} s  {by:7.3f} of 255 off the last")
    opened = next(at for k, (at, _) in enumerate(off) if all(by <= SAME for _, by in off[k:]))
    print(f"open after {opened:.1f} s, {len(off)} pictures")


main()
