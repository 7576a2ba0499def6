#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The kinds of sources: a directory, an archive by URL, a git commit; each is used only after its digest was checked."""
import functools
import hashlib
import http.server
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, kernels, program  # noqa: E402

PAIR = program.OWN_RECIPES / "tty/pair"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def git(directory, *words):
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    return subprocess.run(["git", *identity, "-C", str(directory), *words], check=True, capture_output=True, text=True).stdout.strip()


class Sources(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kernels.need("git")
        cls.world = program.World(("cloud-amd64",))
        cls.addClassCleanup(cls.world.close)
        scratch = tempfile.TemporaryDirectory(prefix="kpkg-sources.")
        cls.addClassCleanup(scratch.cleanup)
        cls.directory = pathlib.Path(scratch.name)
        cls.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Quiet, directory=str(cls.directory)))
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.shutdown)
        cls.http = f"http://127.0.0.1:{cls.server.server_address[1]}"

    def recipe(self, name, source):
        path = self.directory / f"{name}.toml"
        path.write_text(f'format = 1\nname = "{name}"\nversion = "1"\nsummary = "x"\n[[source]]\n{source}\n'
                        '[[module]]\nname = "kpkg_tty_pair"\n', encoding="utf-8")
        return path

    def archive(self):
        path = self.directory / "pair.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            archive.add(PAIR, arcname="pair-1.0")
        return path, hashlib.sha256(path.read_bytes()).hexdigest()

    def repository(self):
        directory = self.directory / "repository"
        if not directory.exists():
            subprocess.run(["cp", "-r", str(PAIR), str(directory)], check=True)
            git(directory, "init", "-q")
            git(directory, "add", "-A")
            git(directory, "commit", "-q", "-m", "one")
            git(directory, "update-server-info")
        return directory, git(directory, "rev-parse", "HEAD"), git(directory, "rev-parse", "HEAD^{tree}")

    def builds(self, recipe, *words, environment=None):
        answer = self.world.kpkg("build", recipe, *words, environment=environment)
        self.assertEqual(0, answer.status, answer)
        return answer

    def test_an_archive_by_file_url_builds(self):
        path, digest = self.archive()
        self.builds(self.recipe("by-file", f'url = "{path.as_uri()}"\nsha256 = "{digest}"\nstrip = 1'))

    def test_an_archive_by_http_builds_and_its_mirror_is_asked_when_it_is_away(self):
        _, digest = self.archive()
        self.builds(self.recipe("by-http", f'url = "{self.http}/absent.tar.gz"\nmirrors = ["{self.http}/pair.tar.gz"]\n'
                                f'sha256 = "{digest}"\nstrip = 1'))

    def test_an_archive_comes_through_the_proxy_of_the_environment(self):
        path, digest = self.archive()
        asked_of_a_proxy = self.directory / "http:/behind-the-proxy.invalid"
        asked_of_a_proxy.mkdir(parents=True)
        path.rename(asked_of_a_proxy / "proxied.tar.gz")
        self.builds(self.recipe("by-proxy", f'url = "http://behind-the-proxy.invalid/proxied.tar.gz"\nsha256 = "{digest}"\nstrip = 1'),
                    environment={"http_proxy": self.http})

    def test_a_commit_by_file_url_builds(self):
        directory, commit, tree = self.repository()
        self.builds(self.recipe("by-git", f'git = "{directory.as_uri()}"\ncommit = "{commit}"\ntree = "{tree}"'))

    def test_a_commit_by_http_builds(self):
        directory, commit, tree = self.repository()
        self.assertTrue(directory.exists())
        self.builds(self.recipe("by-git-http", f'git = "{self.http}/repository/.git"\ncommit = "{commit}"\ntree = "{tree}"'))

    def test_a_commit_with_another_tree_is_not_trusted(self):
        directory, commit, _ = self.repository()
        recipe = self.recipe("other-tree", f'git = "{directory.as_uri()}"\ncommit = "{commit}"\ntree = "{"0" * 40}"')
        answer = self.world.kpkg("build", recipe)

        self.assertEqual(8, answer.status, answer)
        self.assertIn("tree", answer.output + answer.errors)

    def test_a_working_copy_stands_in_for_the_source(self):
        copy = self.directory / "a working copy"
        subprocess.run(["cp", "-r", str(PAIR), str(copy)], check=True)
        recipe = self.recipe("by-source", f'url = "https://example.invalid/x.tar.gz"\nsha256 = "{"0" * 64}"')
        first = self.builds(recipe, "--source", copy)
        again = self.builds(recipe, "--source", copy)
        (copy / "added.h").write_text("/* new */\n", encoding="utf-8")
        changed = self.builds(recipe, "--source", copy)

        self.assertIn("built in", first.output)
        self.assertIn("already built", again.output)
        self.assertIn("built in", changed.output)

    def test_an_archive_that_climbs_out_is_refused_and_writes_nothing(self):
        path = self.directory / "hostile.tar"
        with tarfile.open(path, "w") as archive:
            member = tarfile.TarInfo("../../../kpkg-was-here")
            archive.addfile(member)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        answer = self.world.kpkg("build", self.recipe("hostile", f'url = "{path.as_uri()}"\nsha256 = "{digest}"'))

        self.assertEqual(1, answer.status, answer)
        self.assertEqual([], list(self.world.root.rglob("kpkg-was-here")))

    def test_what_was_downloaded_is_not_downloaded_again(self):
        path, digest = self.archive()
        recipe = self.recipe("cached", f'url = "{path.as_uri()}"\nsha256 = "{digest}"\nstrip = 1')
        self.builds(recipe)
        hidden = path.rename(path.with_suffix(".hidden"))
        self.addCleanup(hidden.rename, path)
        recipe.write_text(recipe.read_text(encoding="utf-8") + "# changed, so that it is built again\n", encoding="utf-8")
        self.assertIn("built in", self.builds(recipe).output)


if __name__ == "__main__":
    cases.main()
