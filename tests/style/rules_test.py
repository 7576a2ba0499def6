#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules of this folder can fail: each is shown code that breaks it, and code that only looks as if it did."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import layering  # noqa: E402
import sizes  # noqa: E402
import source  # noqa: E402

LAW = layering.table("""
| Folder | Charter | May use | Third-party door |
|---|---|---|---|
| `base/` | Words. | — | tl::expected, fmt |
| `system/` | The machine. | base | libc |
| `crypto/` | Digests. | base | OpenSSL |
| `workflow/` | Verbs. | all above | — |
""")


def wrong(folder, text):
    return list(layering.layering(f"src/{folder}/file.cpp", text, LAW))


def a_function(lines):
    return "int answer() {\n" + "  work();\n" * (lines - 2) + "}\n"


class Layering(unittest.TestCase):
    def test_a_module_may_use_what_its_row_names_and_itself(self):
        self.assertEqual([], wrong("crypto", '#include "base/text.hpp"\n#include "crypto/digest.hpp"\n'))

    def test_a_module_may_not_use_what_its_row_does_not_name(self):
        self.assertEqual(['src/crypto/file.cpp:2: "system/fd.hpp": crypto/ may not use system/'],
                         wrong("crypto", '\n#include "system/fd.hpp"\n'))

    def test_all_above_is_every_row_above_and_none_below(self):
        self.assertEqual({"base", "system", "crypto"}, LAW["workflow"][0])

    def test_an_include_that_names_no_module_is_wrong(self):
        self.assertEqual(1, len(wrong("base", '#include "text.hpp"\n')))

    def test_a_folder_that_has_no_row_is_wrong(self):
        self.assertEqual(1, len(wrong("util", "")))

    def test_a_library_is_included_only_in_its_door(self):
        self.assertEqual([], wrong("crypto", "#include <openssl/evp.h>\n"))
        self.assertEqual(["src/workflow/file.cpp:1: <openssl/evp.h>: OpenSSL is included only in crypto"],
                         wrong("workflow", "#include <openssl/evp.h>\n"))

    def test_a_library_that_no_row_names_is_wrong(self):
        self.assertEqual(1, len(wrong("system", "#include <curl/curl.h>\n")))
        self.assertEqual(1, len(wrong("crypto", "#include <boost/any.hpp>\n")))

    def test_headers_of_the_operating_system_are_included_only_in_system(self):
        text = "#include <unistd.h>\n#include <sys/stat.h>\n#include <fstream>\n#include <filesystem>\n"

        self.assertEqual([], wrong("system", text))
        self.assertEqual(4, len(wrong("crypto", text)))

    def test_calls_that_ask_the_machine_stand_only_in_system(self):
        text = 'auto a = std::getenv("A");\nstd::system("ls");\nauto f = popen("ls", "r");\nauto n = std::chrono::steady_clock::now();\n'

        self.assertEqual([], wrong("system", text))
        self.assertEqual([1, 2, 3, 4], [int(line.split(":")[1]) for line in wrong("crypto", text)])

    def test_words_in_comments_strings_and_names_are_not_calls(self):
        text = '// getenv("A")\nauto a = "popen(1)";\nsystem::run();\nchild.system(1);\nbuild_time(2);\nauto r = R"(fopen(3))";\n'

        self.assertEqual([], wrong("crypto", text))


class Marks(unittest.TestCase):
    spdx = "# SPDX-License-Identifier: GPL-2.0-or-later\n"

    def test_a_file_without_a_licence_is_named(self):
        self.assertEqual(1, len(list(layering.marks("recipes/x.toml", "format = 1\n"))))
        self.assertEqual([], list(layering.marks("recipes/x.toml", self.spdx)))

    def test_unfinished_work_needs_the_number_of_an_issue(self):
        word = "TO" + "DO"

        self.assertEqual(1, len(list(layering.marks("a", f"{self.spdx}# {word}: later\n"))))
        self.assertEqual([], list(layering.marks("a", f"{self.spdx}# {word}(#12): later\n")))


class Sizes(unittest.TestCase):
    def test_a_function_of_forty_lines_is_not_reported(self):
        self.assertEqual([], list(sizes.report("a.cpp", a_function(40))))

    def test_a_function_of_more_than_forty_lines_is_reported_and_passes(self):
        self.assertEqual([(False, "a.cpp:1: 41 lines: int answer() {")], list(sizes.report("a.cpp", a_function(41))))

    def test_a_function_of_more_than_sixty_lines_fails(self):
        self.assertEqual([True], [is_above for is_above, _ in sizes.report("a.cpp", a_function(61))])

    def test_a_reason_excuses_a_long_function_and_no_other(self):
        text = "// long: a table in words\n" + a_function(70) + "\n" + a_function(70)

        self.assertEqual(["a.cpp:73: 70 lines: int answer() {"], [sentence for _, sentence in sizes.report("a.cpp", text)])

    def test_a_file_of_more_than_four_hundred_lines_fails_without_a_reason(self):
        self.assertEqual([(True, "a.cpp: 401 lines")], list(sizes.report("a.cpp", "int a;\n" * 401)))
        self.assertEqual([], list(sizes.report("a.cpp", "// long: generated\n" + "int a;\n" * 401)))

    def test_methods_operators_and_constructors_are_functions_and_tables_are_not(self):
        text = ("namespace a {\nstruct B {\n  B(int x) : x_(x) {\n  }\n  bool operator==(const B& o) const {\n  }\n};\n"
                "const std::array<int, 2> table = {\n  1,\n};\nauto f = [](int) {\n};\nvoid g(C c = {}) noexcept {\n}\n}\n")

        self.assertEqual(["B(int x) : x_(x)", "bool operator==(const B& o) const"], [n for _, _, n in sizes.functions(text)][:2])
        self.assertEqual(3, len(list(sizes.functions(text))))

    def test_braces_in_strings_characters_and_macros_do_not_count(self):
        text = "#define OPEN(x) \\\n  { x\nint f() {\n  g(\"}\", '}', R\"({{)\");\n  // }\n}\nint h() {\n}\n"

        self.assertEqual([(3, 6, "int f()"), (7, 8, "int h()")], list(sizes.functions(text)))


class Source(unittest.TestCase):
    def test_the_project_itself_is_seen(self):
        names = source.committed()

        self.assertIn("ARCHITECTURE.md", names)
        self.assertIn("src/base/result.hpp", names)
        self.assertFalse([name for name in names if name.startswith("build/")])


if __name__ == "__main__":
    unittest.main()
