# SPDX-License-Identifier: GPL-2.0-or-later
"""kpkg's own packages, as debian/ makes them, but of a build tree that is there: nothing is compiled."""
import os
import pathlib
import shutil
import subprocess

from support import kernels

STEPS = ("dh_prep", "dh_install", "dh_installman", "dh_link", "dh_installdirs", "dh_compress", "dh_fixperms",
         "dh_strip --no-automatic-dbgsym", "dh_makeshlibs", "dh_shlibdeps", "dh_installdeb", "dh_gencontrol", "dh_md5sums", "dh_builddeb")


def _run(place, *command, **options):
    done = subprocess.run(command, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)
    if done.returncode:
        raise AssertionError(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stdout[-4000:]}")


def build(program, scratch):
    """The package files (kpkg, kpkg-dkms) of the build tree of `program`, made below `scratch`. Raises Unavailable."""
    for needed in ("dh_install", "scdoc", "cmake"):
        kernels.need(needed)
    tree = next((place for place in pathlib.Path(program).resolve().parents if (place / "libexec/kpkg").is_dir()), None)
    if tree is None:
        raise kernels.Unavailable(f"{program} is in no build tree")
    place = pathlib.Path(scratch) / "package"
    for directory in ("debian", "packaging", "recipes"):
        shutil.copytree(kernels.SOURCE / directory, place / directory, symlinks=True)
    (place / "obj-tests/docs").mkdir(parents=True)
    page = (kernels.SOURCE / "docs/man/dkms.8.scd").read_bytes()
    (place / "obj-tests/docs/dkms.8").write_bytes(subprocess.run(["scdoc"], input=page, stdout=subprocess.PIPE, check=True).stdout)
    for step in STEPS:
        _run(place, *step.split())
        if step == "dh_prep":
            _run(place, "cmake", "--install", tree, "--prefix", "/usr", env={**os.environ, "DESTDIR": str(place / "debian/tmp")})
    return [next(place.parent.glob(f"{name}_*.deb")) for name in ("kpkg", "kpkg-dkms")]
