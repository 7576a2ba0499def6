#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""^C, kill -9 and disks that are full or read-only: afterwards the old or the new is there, never a half."""
import contextlib
import os
import pathlib
import pty
import random
import signal
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, hostile  # noqa: E402

# The build sleeps for so long, and for no other program's odd time, so that it is found among the processes.
SLEEP = "271.8281"


class Stopped(hostile.Case):
    """^C, SIGTERM and kill -9."""

    def building(self):
        """kpkg while it builds something that lasts, ignores SIGTERM and makes files all the time."""
        flood = "(trap '' TERM; while :; do i=$$((i + 1)); echo > $(src)/flood$$((i % 500)); done) &"
        running = self.start("install", "-y", self.source("slow", f"$(shell {flood} sleep {SLEEP})\n"))
        self.wait_for(lambda: hostile.processes_with(f"sleep {SLEEP}"), "the build")
        return running

    def test_a_stop_during_a_build_leaves_no_process_no_mount_no_file(self):
        before = hostile.mounts()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGINT):
            running = self.building()
            running.send_signal(number)
            output = running.communicate(timeout=30)[0]

            self.assertEqual(130, running.returncode, output)
            self.assertIn("interrupted", output)
            self.wait_for(lambda: not hostile.processes_with(f"sleep {SLEEP}"), "the end of the build", 5)
            self.assertEqual(before, hostile.mounts())
            self.assert_whole()
        self.assertEqual(0, self.world.kpkg("install", "-y", hostile.PAIR).status)

    def stop_a_download(self, number):
        """Sends the signal to kpkg when it has shown on a terminal how far a download is whose rest never comes; its exit status once
        the other end of the connection is gone too."""
        recipe = self.directory / "stalled.toml"
        master, slave = pty.openpty()
        with socket.create_server(("127.0.0.1", 0)) as server:
            recipe.write_text('format = 1\nname = "stalled"\nversion = "1"\nsummary = "x"\n[[source]]\n'
                              f'url = "http://127.0.0.1:{server.getsockname()[1]}/x"\nsha256 = "{"0" * 64}"\n'
                              '[[module]]\nname = "stalled"\n', encoding="utf-8")
            running = self.start("build", recipe, stdout=slave, stderr=slave)
            os.close(slave)
            connection = server.accept()[0]
        with running, connection, contextlib.suppress(ConnectionResetError):
            connection.settimeout(30)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 800000\r\n\r\n" + b"x" * 400000)
            seen = b""
            while b"of 0.8 MB" not in seen:
                seen += os.read(master, 4096)
            running.send_signal(number)
            running.wait(30)
            while connection.recv(4096):
                pass
        os.close(master)
        return running.returncode

    def test_a_download_shows_how_far_it_is_and_a_stop_leaves_no_process_and_no_file(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            self.assertEqual(130, self.stop_a_download(number))
            self.assertEqual([], list((self.world.root / "var/cache/kpkg/downloads").iterdir()))

    def test_a_killed_kpkg_takes_its_download_along(self):
        self.assertEqual(-signal.SIGKILL, self.stop_a_download(signal.SIGKILL))

    def test_a_killed_kpkg_takes_its_build_along(self):
        before = hostile.mounts()
        running = self.building()
        running.kill()
        running.communicate()

        self.wait_for(lambda: not hostile.processes_with(f"sleep {SLEEP}"), "the end of the build", 5)
        self.assertEqual(before, hostile.mounts())
        self.assertEqual(0, self.world.kpkg("install", "-y", self.source("after")).status)
        self.assert_whole()

    def test_a_kpkg_that_is_killed_while_it_installs_is_put_right_by_the_next(self):
        self.assertEqual(0, self.world.kpkg("build", hostile.PAIR).status)
        began = time.monotonic()
        self.assertEqual(0, self.world.kpkg("install", "-y", hostile.PAIR).status)
        duration = time.monotonic() - began
        chance = random.Random(20240229)
        for turn in range(24):
            command = ("remove", "-y", "kpkg-tty-pair") if turn % 2 == 0 else ("install", "-y", hostile.PAIR)
            running = self.start(*command)
            time.sleep(chance.uniform(0, duration))
            running.send_signal(signal.SIGKILL if turn % 4 < 2 else signal.SIGINT)
            output = running.communicate()[0]
            # -2: it was interrupted before it had begun to listen for that.
            self.assertIn(running.returncode, (0, 130, -9, -2), output)
            again = self.world.kpkg(*command)
            self.assertIn(again.status, (0, 3) if command[0] == "remove" else (0,), again)
            self.assert_whole()
            self.assertEqual(command[0] == "install", self.world.installed(self.release, "kpkg_tty_pair").exists())

    def test_a_kill_while_files_are_staged_is_put_right_by_the_next(self):
        updates = self.world.modules(self.release) / "updates"
        recipe = self.source("staged")
        self.assertEqual(0, self.world.kpkg("build", recipe).status)
        running = self.start("install", "-y", recipe)
        deadline = time.monotonic() + 30
        while running.poll() is None and time.monotonic() < deadline:
            if any(path.name.startswith(".kpkg-") for path in updates.glob("kpkg/.*")):
                running.kill()
        running.communicate()

        again = self.world.kpkg("install", "-y", recipe)
        self.assertEqual(0, again.status, again)
        self.assert_whole()
        self.assertTrue(self.world.installed(self.release, "staged").exists())

    def test_ctrl_c_at_the_question_is_an_interruption(self):
        recipe = self.source("asked")
        self.assertEqual(0, self.world.kpkg("build", recipe).status)
        master, slave = pty.openpty()
        with self.start("install", recipe, stdin=slave, stdout=slave, stderr=slave) as running:
            os.close(slave)
            seen = b""
            while b"Continue?" not in seen:
                seen += os.read(master, 4096)
            running.send_signal(signal.SIGINT)
            self.assertEqual(130, running.wait(30))
        os.close(master)
        self.assertFalse(self.world.installed(self.release, "asked").exists())

    def test_two_installs_at_once_both_end_well(self):
        first, second = self.start("install", "-y", self.source("one")), self.start("install", "-y", self.source("two"))
        for running in (first, second):
            output = running.communicate(timeout=120)[0]
            self.assertEqual(0, running.returncode, output)
        self.assert_whole()
        for name in ("one", "two"):
            self.assertTrue(self.world.installed(self.release, name).exists())


class Disks(hostile.Case):
    """Full and read-only ones. Everything is mounted in a namespace of the case's own."""

    def small_disk(self, size, script):
        return self.shell(f'LOWER=$ROOT SIZE={size}\n{hostile.SMALL_DISK}{script}\nend=$?; umount "$ROOT" "$SCRATCH"; '
                          'rmdir "$SCRATCH"; exit $end')

    def test_a_disk_that_fills_up_at_any_moment_leaves_the_old_or_the_new(self):
        recipe = self.source("full")
        built = self.world.kpkg("build", recipe)
        self.assertEqual(0, built.status, built)
        statuses = set()
        for size in ("4k", "32k", "100k", "120k", "140k", "160k", "200k", "300k", "500k", "700k", "900k", "1100k", "1300k", "1500k",
                     "2m", "4m", "8m", "9m", "12m", "16m", "24m"):
            answer = self.small_disk(size, '"$KPKG" install -y "$DIR/full.toml" --root "$ROOT" -k $K; status=$?\n'
                                     'mount -o remount,size=100m "$SCRATCH"; "$KPKG" verify --root "$ROOT" || exit 98\n'
                                     'find "$ROOT/usr/lib/modules/$K" "$ROOT/etc" -name ".*" | grep kpkg && exit 97\n'
                                     '"$KPKG" install -y "$DIR/full.toml" --root "$ROOT" -k $K >&2 || exit 96\n'
                                     '"$KPKG" verify --root "$ROOT" >&2 || exit 95\n'
                                     'find "$ROOT/usr/lib/modules/$K" "$ROOT/etc" "$ROOT/var" -name "*.kpkg-*" | grep . && exit 94\n'
                                     'exit $status')
            self.assertIn(answer.status, (0, 1, 7), f"disk of {size}: {answer}")
            if answer.status:
                self.assertRegex(answer.errors, "(?i)(no space|disk is full|readonly|needs .* KiB free).*\nhint: .*space", f"disk of {size}")
            statuses.add(answer.status)
        self.assertLessEqual({0, 1}, statuses)

    def test_a_build_that_fills_the_disk_says_so(self):
        recipe = self.source("fills", "$(shell head -c 8000000 /dev/zero > $(src)/ballast; sync)\n")
        answer = self.small_disk("6m", '"$KPKG" install -y "$DIR/fills.toml" --root "$ROOT" -k $K; status=$?\n'
                                 'ls -A "$ROOT/var/cache/kpkg/work"; exit $status')
        self.assertIn(answer.status, (1, 6), answer)
        self.assertRegex(answer.output + answer.errors, "(?i)no space left|disk is full\nhint: free some space")
        self.assertNotIn("build-", answer.output)
        self.assertTrue(recipe.exists())

    def test_a_full_updates_directory_is_told_and_undone(self):
        self.source("tiny")
        built = self.world.kpkg("build", self.directory / "tiny.toml")
        self.assertEqual(0, built.status, built)
        answer = self.shell('updates=$ROOT/usr/lib/modules/$K/updates; mkdir -p "$updates"; mount -t tmpfs -o size=8k tmpfs "$updates"\n'
                            'head -c 8192 /dev/zero > "$updates/ballast"; '
                            '"$KPKG" install -y "$DIR/tiny.toml" --root "$ROOT"; status=$?; find "$updates" -mindepth 1; exit $status')
        self.refused(answer, 7, "No space left on device\nhint: free some space")
        self.assertEqual(["ballast"], [pathlib.Path(path).name for path in answer.output.splitlines() if "/updates/" in path])
        (self.world.modules(self.release) / "updates").rmdir()
        self.assert_whole()

    def test_a_read_only_root_is_told_before_anything_is_built(self):
        self.source("readonly")
        answer = self.shell('mount --bind "$ROOT" "$ROOT"; mount -o remount,bind,ro "$ROOT"\n'
                            '"$KPKG" install -y "$DIR/readonly.toml" --root "$ROOT"; status=$?\n'
                            '"$KPKG" status --root "$ROOT" >/dev/null || exit 98\n"$KPKG" verify --root "$ROOT" >/dev/null || exit 97\n'
                            'exit $status')
        self.refused(answer, 1, "Read-only file system\nhint: .*read-only")

    def test_read_only_modules_alone_are_told_and_undone(self):
        self.source("rousr")
        built = self.world.kpkg("build", self.directory / "rousr.toml")
        self.assertEqual(0, built.status, built)
        answer = self.shell('mount --bind "$ROOT/usr" "$ROOT/usr"; mount -o remount,bind,ro "$ROOT/usr"\n'
                            '"$KPKG" install -y "$DIR/rousr.toml" --root "$ROOT"')
        self.refused(answer, 7, "Read-only file system\nhint: .*read-only")
        self.assert_whole()


if __name__ == "__main__":
    cases.main()
