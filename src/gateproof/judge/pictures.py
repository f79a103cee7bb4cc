"""Whether a picture decodes, from its bytes alone."""

from __future__ import annotations

import zlib

PNG = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_MOST_PIXELS = 100_000_000


def picture_problem(raw: bytes) -> str:
    """What is wrong with a PNG or JPEG; empty where nothing is."""
    if raw.startswith(PNG):
        return _png(raw)
    if raw.startswith(b"\xff\xd8"):
        return "" if raw.rstrip(b"\0").endswith(b"\xff\xd9") else "it is a JPEG that is cut short"
    return "it is neither a PNG nor a JPEG"


def _png(raw: bytes) -> str:
    place, header, data, is_ended = len(PNG), b"", [], False
    while place + 12 <= len(raw):
        size, kind = int.from_bytes(raw[place : place + 4], "big"), raw[place + 4 : place + 8]
        body = raw[place + 8 : place + 8 + size]
        crc = raw[place + 8 + size : place + 12 + size]
        if len(crc) < 4:
            return "it is a PNG that is cut short"
        if zlib.crc32(kind + body) != int.from_bytes(crc, "big"):
            return f"its {kind.decode('ascii', 'replace')} chunk is damaged"
        if kind == b"IHDR":
            header = body
        elif kind == b"IDAT":
            data.append(body)
        elif kind == b"IEND":
            is_ended = True
            break
        place += 12 + size
    if not is_ended or len(header) != 13:
        return "it is a PNG that is cut short"
    return _pixels(header, b"".join(data))


def _pixels(header: bytes, data: bytes) -> str:
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    depth, colour, interlaced = header[8], header[9], header[12]
    if not 0 < width * height <= _MOST_PIXELS or colour not in _CHANNELS:
        return "its size or colours are none that a screenshot has"
    line = (width * depth * _CHANNELS[colour] + 7) // 8 + 1
    inflate, size = zlib.decompressobj(), 0
    try:
        while data or not inflate.eof:
            block = inflate.decompress(data, 1 << 20)
            data = inflate.unconsumed_tail
            size += len(block)
            if not block and not data:
                break
    except zlib.error:
        return "its pixels do not decode"
    if not inflate.eof or (not interlaced and size != line * height):
        return "its pixels are cut short"
    return ""
