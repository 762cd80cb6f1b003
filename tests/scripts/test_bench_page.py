"""The report's page, opened in a browser: every chart is there and can be read.

Chromium takes a picture of the page and of each chart in it. A chart that is
blank has nearly no ink; one that needs colour has pixels that are not grey.
"""

import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import tap

# What would make the browser fetch something.
LOADS = re.compile(r"(src|href)=['\"][^#]|@import|url\(['\"]?http")

CHARTS = 6
WIDTH, HEIGHT = 960, 460
INK_LEAST, INK_MOST = 0.01, 0.5
# What smoothing may add to one channel of a grey pixel.
GREY_TOLERANCE = 8


def unfilter(kind, line, above, step):
    """A line of a PNG as its filter left it, in place (PNG, chapter 9)."""
    for i, byte in enumerate(line):
        left = line[i - step] if i >= step else 0
        corner = above[i - step] if i >= step else 0
        if kind == 1:
            byte += left
        elif kind == 2:
            byte += above[i]
        elif kind == 3:
            byte += (left + above[i]) // 2
        elif kind == 4:
            guess = left + above[i] - corner
            byte += min((left, above[i], corner),
                        key=lambda it: abs(guess - it))
        line[i] = byte & 255


def pixels(path):
    """The pixels of a PNG without an interlace, as triples of a byte each."""
    data = path.read_bytes()
    at, packed, step, width = 8, b"", 0, 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, _, depth, colour = struct.unpack_from(">IIBB", body)
            assert depth == 8 and colour in (2, 6)
            step = 3 if colour == 2 else 4
        elif kind == b"IDAT":
            packed += body
        at += 12 + size
    raw, row = zlib.decompress(packed), width * step
    above = bytearray(row)
    for start in range(0, len(raw), row + 1):
        line = bytearray(raw[start + 1:start + 1 + row])
        unfilter(raw[start], line, above, step)
        above = line
        for i in range(0, row, step):
            yield line[i:i + 3]


def picture(browser, page, path, width, height):
    """Takes a picture of a page; whether there is one now."""
    subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu",
         "--hide-scrollbars", f"--user-data-dir={path.parent}/profile",
         f"--window-size={width},{height}", f"--screenshot={path}",
         page.as_uri()],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, timeout=120, check=False)
    return path.exists()


def ink_and_colour(path):
    """The share of dark pixels, and how far the worst one is from grey."""
    dark = count = worst = 0
    for pixel in pixels(path):
        count += 1
        dark += sum(pixel) < 384
        worst = max(worst, max(pixel) - min(pixel))
    return dark / count, worst


def look_at(test, browser, folder, number, svg):
    page = folder / f"chart{number}.html"
    page.write_text("<!DOCTYPE html><style>body { margin: 0 }</style>" + svg,
                    encoding="utf-8")
    shot = folder / f"chart{number}.png"
    if test.ok(picture(browser, page, shot, WIDTH, HEIGHT),
               f"chart_{number}_is_drawn"):
        ink, colour = ink_and_colour(shot)
        test.ok(INK_LEAST < ink < INK_MOST, f"chart_{number}_is_not_blank",
                f"ink {ink}")
        test.ok(colour <= GREY_TOLERANCE,
                f"chart_{number}_needs_no_colour", f"off grey by {colour}")


def main():
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        print("1..0 # SKIP chromium is not installed")
        return 0
    test = tap.Tap()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        made = subprocess.run(
            [os.environ["PAWL_BENCH"], "compare", "--rounds", "1", "--seconds",
             "0.1", "--keys", "1k", "--many", "2k", "--out", folder],
            stdout=subprocess.DEVNULL, timeout=300, check=False)
        test.equal(made.returncode, 0, "compare_writes_a_page")
        page = folder / "report.html"
        text = page.read_text(encoding="utf-8")
        test.ok(LOADS.search(text) is None, "the_page_loads_nothing")
        names = re.findall(r"\bid=['\"]([^'\"]+)", text)
        test.equal(len(set(names)), len(names), "its_names_are_unique")
        shot = folder / "page.png"
        if test.ok(picture(browser, page, shot, 1000, 1500), "it_is_drawn"):
            test.ok(ink_and_colour(shot)[0] > INK_LEAST, "it_is_not_blank")
        charts = re.findall(r"<svg.*?</svg>", text, re.S)
        test.equal(len(charts), CHARTS, "it_has_every_chart")
        for number, svg in enumerate(charts, 1):
            look_at(test, browser, folder, number, svg)
    return test.done()


if __name__ == "__main__":
    sys.exit(main())
