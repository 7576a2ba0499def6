# SPDX-License-Identifier: GPL-2.0-or-later
"""The ELF kernel inside a bzImage. QEMU starts it directly (PVH), which saves unpacking it under emulation at every boot."""
import hashlib
import os
import pathlib
import struct
import subprocess
import tempfile

from support import kernels

SECTOR = 512
SIZE_WORD = 4
# Magic, the Debian tool that unpacks it, and how many bytes at the end are not its own: the build appends the unpacked size,
# except to gzip, whose own last word says it.
DECOMPRESSORS = (
    (b"\xfd7zXZ\0", ("xz", "-dc"), SIZE_WORD),
    (b"\x28\xb5\x2f\xfd", ("zstd", "-dcq"), SIZE_WORD),
    (b"\x02\x21\x4c\x18", ("lz4", "-dcq"), SIZE_WORD),
    (b"\x1f\x8b", ("gzip", "-dcq"), 0),
)


class NotAKernel(Exception):
    """The file is no x86 bzImage that can be unpacked here."""


def payload(image):
    """The compressed kernel in the bytes of a bzImage, with the size word that the build appends.

    Source: linux Documentation/arch/x86/boot.rst, fields setup_sects, payload_offset and payload_length (protocol 2.08).
    """
    if image[0x202:0x206] != b"HdrS":
        raise NotAKernel("no bzImage header")
    setup_sectors = image[0x1F1] or 4
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (setup_sectors + 1) * SECTOR + offset
    return image[start:start + length]


def decompress(packed):
    """The bytes of the kernel in `packed`. Raises NotAKernel, Unavailable."""
    for magic, command, foreign in DECOMPRESSORS:
        if not packed.startswith(magic):
            continue
        kernels.need(command[0])
        data = packed[:len(packed) - foreign]
        done = subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode == 0 and done.stdout.startswith(b"\x7fELF"):
            return done.stdout
        raise NotAKernel(f"{command[0]} did not yield an ELF kernel: {done.stderr.decode(errors='replace').strip()}")
    raise NotAKernel(f"unknown compression, first bytes {packed[:6].hex()}")


def vmlinux(bzimage, cache):
    """The path of the ELF kernel of `bzimage`, kept in `cache` under the digest of the image."""
    image = pathlib.Path(bzimage).read_bytes()
    kept = pathlib.Path(cache) / "vmlinux" / hashlib.sha256(image).hexdigest()
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as fresh:
            fresh.write(decompress(payload(image)))
        os.replace(fresh.name, kept)
    return kept
