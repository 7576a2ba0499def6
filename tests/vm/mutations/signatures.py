# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutations of signatures, and signatures by a key that no kernel knows."""
import pathlib
import struct
import subprocess
import tempfile

from support import kernels
from vm.mutations.elf import SIGNATURE_MARK, SIGNATURE_TRAILER, Unsuitable, unsigned
from vm.mutations.mutation import Mutation

PKCS7 = 2
SIGN = ("openssl", "cms", "-sign", "-binary", "-noattr", "-nocerts", "-nosmimecap", "-outform", "DER")


def parts(module):
    """The signed bytes, the signature, and the twelve bytes of the trailer."""
    if not module.endswith(SIGNATURE_MARK):
        raise Unsuitable("not signed")
    end = len(module) - len(SIGNATURE_MARK)
    trailer = module[end - SIGNATURE_TRAILER:end]
    content = unsigned(module)
    return content, module[len(content):end - SIGNATURE_TRAILER], trailer


def trailer(length, algorithm=0, digest=0, kind=PKCS7, signer=0, key=0, padding=bytes(3)):
    return struct.pack(">BBBBB3sI", algorithm, digest, kind, signer, key, padding, length & 0xFFFFFFFF)


def joined(content, signature, words):
    return content + signature + words + SIGNATURE_MARK


def with_trailer(**fields):
    """The trailer's fields altered; `longer` is added to the length."""
    longer = fields.pop("longer", 0)

    def change(elf):
        content, signature, _ = parts(bytes(elf.data))
        return joined(content, signature, trailer(fields.get("length", len(signature) + longer),
                                                  **{name: value for name, value in fields.items() if name != "length"}))
    return change


def content_byte(at):
    def change(elf):
        parts(bytes(elf.data))
        section = elf.section(".text" if elf.find(".text") and elf.section(".text")["size"] else ".modinfo")
        elf.data[section["offset"] + at % section["size"]] ^= 1
    return change


def signature_byte(at):
    """A byte of the signature itself, counted from its end if negative."""
    def change(elf):
        content, signature, words = parts(bytes(elf.data))
        altered = bytearray(signature)
        altered[at] ^= 0x55
        return joined(content, bytes(altered), words)
    return change


def signature_cut(size):
    def change(elf):
        content, signature, _ = parts(bytes(elf.data))
        return joined(content, signature[:-size], trailer(len(signature) - size))
    return change


def followed_by(text):
    def change(elf):
        parts(bytes(elf.data))
        return bytes(elf.data) + text
    return change


def mark_only(elf):
    return unsigned(bytes(elf.data)) + SIGNATURE_MARK


def garbage(elf):
    return joined(unsigned(bytes(elf.data)), b"garbage " * 40, trailer(320))


def twice(elf):
    """The signature once more behind itself: what it signs is not what is before it."""
    content, signature, words = parts(bytes(elf.data))
    return joined(joined(content, signature, words), signature, words)


def stripped_then_kept(elf):
    """A byte is lost before a signature that stays."""
    content, signature, words = parts(bytes(elf.data))
    return joined(content[:-1], signature, words)


def without(elf):
    return unsigned(bytes(elf.data))


def key():
    """A key and its certificate in PEM, made once. Raises Unavailable."""
    kernels.need("openssl")
    kept = kernels.cache() / "signing-key.pem"
    with kernels.locked("signing-key"):
        if not kept.exists():
            subprocess.run(["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=kpkg test", "-days",
                            "36500", "-keyout", str(kept) + ".key", "-out", str(kept) + ".crt"], check=True, capture_output=True)
            kept.write_text(pathlib.Path(str(kept) + ".key").read_text(encoding="ascii")
                            + pathlib.Path(str(kept) + ".crt").read_text(encoding="ascii"), encoding="ascii")
    return kept


def by_unknown_key(*options, lost=()):
    def change(elf):
        content = unsigned(bytes(elf.data))
        command = [option for option in SIGN if option not in lost]
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            pem = str(key())
            done = subprocess.run([*command, *options, "-signer", pem, "-inkey", pem, "-in", file.name], capture_output=True,
                                  check=False)
        if done.returncode:
            raise Unsuitable(done.stderr.decode(errors="replace"))
        return joined(content, done.stdout, trailer(len(done.stdout)))
    return change


def altered_after(*options):
    """Signed by the unknown key, then altered."""
    def change(elf):
        made = bytearray(by_unknown_key(*options)(elf))
        made[elf.section(".modinfo")["offset"]] ^= 1
        return bytes(made)
    return change


# Of whole modules with the distribution's signature.
OF_SIGNED = [
    Mutation("signature-removed", "S1", without),
    Mutation("signed-content-altered", "S5", content_byte(5)),
    Mutation("signed-last-byte-lost", "S5", stripped_then_kept),
    Mutation("signature-altered-at-end", "S5", signature_byte(-5)),
    Mutation("signature-altered-at-start", "S3", signature_byte(0)),
    Mutation("signature-altered-in-oid", "S3", signature_byte(8)),
    Mutation("signature-altered-in-middle", "S3 S6", signature_byte(60)),
    Mutation("signature-cut-by-1", "S3", signature_cut(1)),
    Mutation("signature-cut-by-100", "S3", signature_cut(100)),
    Mutation("signature-twice", "S5", twice),
    Mutation("trailer-algorithm", "S2", with_trailer(algorithm=1)),
    Mutation("trailer-hash", "S2", with_trailer(digest=4)),
    Mutation("trailer-kind-0", "S2", with_trailer(kind=0)),
    Mutation("trailer-kind-1", "S2", with_trailer(kind=1)),
    Mutation("trailer-kind-3", "S2", with_trailer(kind=3)),
    Mutation("trailer-signer", "S2", with_trailer(signer=1)),
    Mutation("trailer-key", "S2", with_trailer(key=1)),
    Mutation("trailer-padding", "S2", with_trailer(padding=b"\0\0\1")),
    Mutation("trailer-length-0", "S2", with_trailer(length=0)),
    Mutation("trailer-length-huge", "S2", with_trailer(length=0x7FFFFFFF)),
    Mutation("trailer-length-top", "S2", with_trailer(length=0xFFFFFFFF)),
    Mutation("trailer-length-1-more", "S2 S5", with_trailer(longer=1)),
    Mutation("trailer-length-1-less", "S2 S3", with_trailer(longer=-1)),
    Mutation("signed-newline-after", "S1", followed_by(b"\n")),
    Mutation("signed-nul-after", "S1", followed_by(b"\0")),
]
# Of modules without one.
OF_UNSIGNED = [
    Mutation("mark-only", "S1 S2", mark_only),
    Mutation("signature-garbage", "S3", garbage),
    Mutation("signature-in-empty-file", "S1 E1", lambda elf: SIGNATURE_MARK),
    Mutation("key-unknown-sha256", "S6", by_unknown_key("-md", "sha256")),
    Mutation("key-unknown-sha512", "S6", by_unknown_key("-md", "sha512")),
    Mutation("key-unknown-sha384", "S6", by_unknown_key("-md", "sha384")),
    Mutation("key-unknown-sha224", "S6", by_unknown_key("-md", "sha224")),
    Mutation("key-unknown-sha1", "S3 S6", by_unknown_key("-md", "sha1")),
    Mutation("key-unknown-md5", "S3 S6", by_unknown_key("-md", "md5")),
    Mutation("key-unknown-sha3-256", "S3 S6", by_unknown_key("-md", "sha3-256")),
    Mutation("key-unknown-keyid", "S6", by_unknown_key("-md", "sha256", "-keyid")),
    Mutation("key-unknown-with-attributes", "S4", by_unknown_key("-md", "sha256", lost=("-noattr",))),
    Mutation("key-unknown-with-certificate", "S4 S6", by_unknown_key("-md", "sha256", lost=("-nocerts",))),
    Mutation("key-unknown-with-content", "S4", by_unknown_key("-md", "sha256", "-nodetach")),
    Mutation("key-unknown-altered-after", "S5 S6", altered_after("-md", "sha256")),
]
