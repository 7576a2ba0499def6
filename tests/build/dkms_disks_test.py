#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""dkms on disks that are full or read-only: a command says so, leaves the old or the new, and the next one goes through."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, dkms_world, hostile  # noqa: E402

SMALL_DISK = f"LOWER=$KPKG_ROOT\n{hostile.SMALL_DISK}export KPKG_ROOT=$ROOT\n"
AFTERWARDS = """\
mount -o remount,size=100m "$SCRATCH"
dkms status disk > "$SCRATCH/said" || exit 98
sort "$SCRATCH/said"
find "$KPKG_ROOT/usr/lib/modules/$K/updates" "$KPKG_ROOT/var/lib/dkms" -name '.*' 2>/dev/null | grep . && exit 97
dkms install disk/1.0 -k $K >&2 || exit 96
dkms status disk | grep -q 'installed$' || exit 95
grep -q '^updates/dkms/disk.ko:' "$KPKG_ROOT/usr/lib/modules/$K/modules.dep" || exit 94
find "$KPKG_ROOT/usr/lib/modules/$K/updates" "$KPKG_ROOT/var/lib/dkms" -name '.*' | grep . && exit 93
exit $status
"""
SIZES = ("4k", "16k", "48k", "64k", "100k", "160k", "300k", "700k", "1100k", "2m", "8m", "24m")


class Disks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = dkms_world.DkmsWorld()
        cls.addClassCleanup(cls.world.close)
        cls.world.source("disk")
        answer = cls.world.dkms("install", "disk/1.0", "-k", cls.world.release)
        assert answer.status == 0, answer
        module = cls.world.dkms_module("disk").read_bytes()
        cls.world.dkms("remove", "disk/1.0", "--all")
        # From now on it takes no compiler.
        place = cls.world.root / "usr/src/disk-1.0"
        (place / "built.ko").write_bytes(module)
        with (place / "dkms.conf").open("a", encoding="utf-8") as conf:
            conf.write('MAKE[0]="cp built.ko disk.ko"\nSTRIP[0]=no\n')

    def shell(self, script, **variables):
        """hostile.in_namespace(), with a `dkms` that is kpkg."""
        command, environment = self.world.command()
        environment.update(PATH=f"{pathlib.Path(command[0]).parent}:{environment['PATH']}", K=self.world.release, **variables)
        return hostile.in_namespace(script, environment)

    def test_a_disk_that_fills_up_at_any_moment_leaves_the_old_or_the_new(self):
        statuses, states = set(), set()
        for size in SIZES:
            answer = self.shell(f'{SMALL_DISK}dkms install disk/1.0 -k $K; status=$?\n{AFTERWARDS}', SIZE=size)
            self.assertNotIn(answer.status, range(93, 99), f"disk of {size}: {answer}")
            self.assertNotRegex(answer.errors, "terminate called|Assertion|Sanitizer")
            if answer.status:
                self.assertRegex(answer.errors, "(?i)Error! .*|No space left", f"disk of {size}")
            statuses.add(answer.status)
            states.add(answer.output.splitlines()[-1].rsplit(": ", 1)[-1] if "disk/1.0" in answer.output else "")
        self.assertIn(0, statuses)
        self.assertLess(1, len(statuses))
        self.assertLess(1, len(states))

    def test_what_makes_room_is_done_on_a_full_disk_too(self):
        answer = self.shell(f'{SMALL_DISK}dkms install disk/1.0 -k $K || exit 98\n'
                            'cat /dev/zero > "$SCRATCH/ballast" 2>/dev/null; echo x > "$SCRATCH/more" 2>/dev/null && [ -s "$SCRATCH/more" ] && exit 97\n'
                            'dkms remove disk/1.0 --all; status=$?; dkms status; find "$ROOT/usr/lib/modules/$K/updates" -name "*.ko"; exit $status',
                            SIZE="24m")

        self.assertEqual(0, answer.status, answer)
        self.assertRegex(answer.output, "(?s)Deleting /lib/modules/[^\n]*/disk.ko\n.*completely from the DKMS tree.\n\\Z")

    def test_a_read_only_tree_is_told_of_and_nothing_is_left(self):
        answer = self.shell('mount --bind "$KPKG_ROOT" "$KPKG_ROOT"; mount -o remount,bind,ro "$KPKG_ROOT"\n'
                            'dkms install disk/1.0 -k $K; status=$?; dkms status; exit $status')

        self.assertEqual(1, answer.status, answer)
        self.assertRegex(answer.errors, "\\A\nError! .*: Read-only file system\n.*remount it writable.*\n\\Z")

    def test_read_only_modules_are_told_of_and_the_build_stays(self):
        answer = self.shell('mount --bind "$KPKG_ROOT/usr" "$KPKG_ROOT/usr"; mount -o remount,bind,ro "$KPKG_ROOT/usr"\n'
                            'dkms install disk/1.0 -k $K; status=$?; dkms status disk; dkms remove disk/1.0 --all; exit $status')

        self.assertEqual(1, answer.status, answer)
        self.assertIn("Read-only file system", answer.errors)
        self.assertIn("x86_64: built\n", answer.output)


if __name__ == "__main__":
    cases.main()
