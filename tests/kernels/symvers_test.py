#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a kernel exports is recovered from its image and its modules alone, every line of it.

    symvers_test.py KERNEL      one of support/catalogue.py
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, catalogue, kernels, program  # noqa: E402

WANTED = sys.argv.pop(1) if len(sys.argv) > 1 else "6.1-amd64"


class Symvers(unittest.TestCase):

    def setUp(self):
        self.kernel = catalogue.kernel(WANTED)
        scratch = tempfile.TemporaryDirectory(prefix="symvers.", dir=kernels.cache())
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        # Hard links to the image and the modules: a root without headers, so that nothing can be taken from them.
        for path in (self.kernel.modules, self.kernel.boot_image):
            place = self.root / path.relative_to(self.kernel.root)
            if not place.exists():
                kernels.linked_copy(path, place)

    def show(self, *options):
        command = [program.kpkg_program(), "kernel", "show", "--root", str(self.root), "-k", self.kernel.release, *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout

    def test_the_recovered_symbols_are_those_of_the_packaged_module_symvers(self):
        packaged = set((self.kernel.headers / "Module.symvers").read_text(encoding="utf-8").splitlines())

        recovered = set(self.show("--symvers").splitlines())

        missing, extra = sorted(packaged - recovered), sorted(recovered - packaged)
        print(f"{self.kernel.release}: {len(packaged)} lines, {len(missing)} missing or wrong, {len(extra)} extra or wrong")
        self.assertEqual(([], []), (missing[:10], extra[:10]))

    def test_the_origin_of_the_symbols_is_the_image(self):
        self.assertIn("its image, by", self.show())


if __name__ == "__main__":
    cases.main()
