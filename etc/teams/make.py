#!/usr/bin/env python3
"""Makes the app package for Microsoft Teams: the manifest for your bot, and two icons, in a zip.

    etc/teams/make.py APP_ID HOST [tocsin.zip]

APP_ID is the bot's Microsoft app id, HOST the name under which Teams reaches Tocsin (tocsin.example.com).
"""
import json
import pathlib
import re
import struct
import sys
import zipfile
import zlib

RED, WHITE, CLEAR = (0xB3, 0x26, 0x1E, 255), (255, 255, 255, 255), (0, 0, 0, 0)


def in_bell(x, y):
    """Is the point of the unit square inside of a bell?"""
    dx, clapper = abs(x - 0.5), (x - 0.5) ** 2 + (y - 0.79) ** 2 < 0.065**2
    knob = (x - 0.5) ** 2 + (y - 0.2) ** 2 < 0.05**2
    dome = 0.22 <= y < 0.62 and dx < 0.21 * min(1, ((y - 0.17) / 0.2)) ** 0.5
    rim = 0.62 <= y < 0.71 and dx < 0.21 + (y - 0.62) * 1.1
    return knob or dome or rim or clapper


def icon(size, ink, ground):
    """A PNG of size x size pixels: colour type 6, no interlace, each row with filter 0."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(
        b"\0" + b"".join(bytes(ink if in_bell((x + 0.5) / size, (y + 0.5) / size) else ground) for x in range(size))
        for y in range(size)
    )
    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    app_id, host, out = sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) == 4 else "tocsin.zip"
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", app_id):
        sys.exit("the app id must be a GUID: 00000000-0000-0000-0000-000000000000")
    if not re.fullmatch(r"[A-Za-z0-9.-]+\.[A-Za-z0-9-]+", host):
        sys.exit("the host is a name without https:// and without a path: tocsin.example.com")
    text = pathlib.Path(__file__).with_name("manifest.json").read_text(encoding="utf-8")
    text = text.replace("APP_ID", app_id).replace("HOST", host)
    json.loads(text)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("manifest.json", text)
        package.writestr("color.png", icon(192, WHITE, RED))
        package.writestr("outline.png", icon(32, WHITE, CLEAR))
    print(f"{out}: upload it in Teams, Apps, Manage your apps, Upload an app")


main()
