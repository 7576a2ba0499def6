# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels whose headers are not there, and the trees that kpkg makes of their source."""
import shutil

from support import linux_source

REBUILD_SECONDS = 3600  # on a busy machine


def without_headers(world, release):
    """Take away from `world` what packages of headers bring, of all its kernels, and what leads there."""
    for path in (world.root / "usr/src", *world.root.glob("usr/lib/linux-kbuild-*")):
        shutil.rmtree(path)
    for name in ("build", "source"):
        (world.modules(release) / name).unlink(missing_ok=True)


def made(world, kernel):
    """The answer of kpkg, which makes the tree of `kernel` of its source. Raises Unavailable."""
    source = linux_source.source(linux_source.upstream_version(kernel.configuration))
    return world.kpkg("kernel", "tree", "-k", kernel.release, "--make", "--offline", "--source", source, "--json",
                      timeout=REBUILD_SECONDS)
