#!/usr/bin/env python3
"""What a compiler cannot check about the house: house.py CHECK ROOT.

Prints each offence as file:line and exits with 1 when there is one. house_test.py plants
offences and expects to find them.
"""
import re
import subprocess
import sys
from pathlib import Path

# Left to right as data flows; a folder includes only folders to its left (design, "Layout").
ENGINE_ORDER = ("core device ring timeline condition envelope normalise activation load spectrum "
                "motion coach formats sinks pipeline").split()
# What drivers may know of the engine: streams and sinks, and the parsers of file formats.
DRIVER_ENGINE = {"core", "device", "formats"}
DRIVER_SHARED = {"driver", "transport", "plugin"}
# Lab Streaming Layer goes both ways: results leave by it too.
DRIVER_SINKS = {"lsl"}

SOURCES = {".cpp", ".hpp", ".h"}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')

# Time, threads, disk, network and chance are reached through engine/core only (design, "Threads").
SEAMS = re.compile(
    r"std::(jthread|thread|this_thread|async|mt19937\w*|random_device|fstream|ifstream|ofstream)\b"
    r"|\bpthread_\w+|\bchrono::\w+_clock\b|\b(steady|system|high_resolution)_clock::|\bf(re|d)?open\s*\("
    r"|(?<![\w>.:])(::)?(open|creat|socket|usleep|nanosleep|clock_gettime|gettimeofday)\s*\("
    r"|\bdl(open|sym)\s*\(|::(open|socket|time)\s*\(|\b(std::)?s?rand(om)?\s*\("
    r"|^\s*#\s*include\s*<(thread|random|fstream|pthread\.h|sys/socket\.h|fcntl\.h|dlfcn\.h)>")
SEAM_FOLDERS = ("engine/core/", "drivers/transport/")

HEAVY = {"CLI11": re.compile(r"CLI/"), "toml++": re.compile(r"toml\+\+/"),
         "Asio": re.compile(r"boost/asio"), "JSON": re.compile(r"nlohmann/json\.hpp")}
HEAVY_FILES_MAX = 2

TOP_LEVEL = {"CMakeLists.txt", "README.md", "LICENSE", "engine", "drivers", "bench", "tests",
             "tools"}

# Homes and work folders of whoever wrote it, and hosts of package mirrors: wrong on every other
# machine. Put together from parts, so that this file does not offend.
PRIVATE = re.compile(r"(?<![\w.$}])/(" + "|".join(("home", "root", "Users", "work")) + r")/[\w.-]+"
                     r"|(?<![\w.$}])/tmp/[\w.-]+"
                     r"|\b(registry|mirror|artifactory|nexus|proxy)[\w-]*\.[\w-]+\.[a-z]{2,}\b"
                     r"|\bfarm-[a-z]+\b")


def committed(root):
    """Every file under version control or about to be, as paths from the root."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others",
               "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        names = listed.stdout.decode().split("\0")
        return sorted(n for n in names if n and (root / n).is_file())
    return sorted(str(p.relative_to(root)) for p in root.rglob("*")
                  if p.is_file() and p.relative_to(root).parts[0] not in (".git", "build"))


def sources(root, *trees):
    for name in committed(root):
        if name.split("/")[0] in trees and Path(name).suffix in SOURCES:
            yield name


def lines_of(root, name):
    try:
        return (root / name).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []


def code_of(line):
    """A line without its comment and what stands in quotes, except an #include's."""
    if line.lstrip().startswith("#"):
        return line
    return re.sub(r"//.*", "", re.sub(r'"(\\.|[^"\\])*"', '""', line))


def includes(root, name):
    for number, line in enumerate(lines_of(root, name), 1):
        if match := INCLUDE.match(line):
            yield number, match.group(1)


def folder_order(root):
    for name in sources(root, "engine"):
        folder = name.split("/")[1]
        if folder not in ENGINE_ORDER:
            yield f"{name}: engine/{folder} is not a folder of the design"
            continue
        known = ENGINE_ORDER[:ENGINE_ORDER.index(folder) + 1]
        for number, path in includes(root, name):
            parts = path.split("/")
            if parts[0] in ("drivers", "tools", "tests", "bench"):
                yield f"{name}:{number}: the engine includes {path}"
            elif parts[0] == "engine" and parts[1] not in known:
                yield f"{name}:{number}: {folder} includes {path}, which comes after it"
    for name in sources(root, "drivers"):
        if name.endswith("_test.cpp"):
            continue
        folder = name.split("/")[1]
        for number, path in includes(root, name):
            parts = path.split("/")
            wrong = (parts[0] in ("tools", "tests", "bench")
                     or parts[0] == "engine" and parts[1] not in DRIVER_ENGINE
                     and not (folder in DRIVER_SINKS and parts[1] == "sinks")
                     or parts[0] == "drivers" and parts[1] not in DRIVER_SHARED | {folder})
            if wrong:
                yield f"{name}:{number}: driver {folder} includes {path}"


def seams(root):
    for name in sources(root, "engine", "drivers", "tools"):
        if name.startswith(SEAM_FOLDERS) or name.endswith("_test.cpp"):
            continue
        for number, line in enumerate(lines_of(root, name), 1):
            if match := SEAMS.search(code_of(line)):
                yield f"{name}:{number}: '{match.group(0).strip()}' goes past engine/core"


def heavy_headers(root):
    users = {library: [] for library in HEAVY}
    for name in sources(root, "engine", "drivers", "tools"):
        if name.endswith("_test.cpp"):
            continue
        for number, path in includes(root, name):
            for library, pattern in HEAVY.items():
                if not pattern.match(path):
                    continue
                if not name.endswith(".cpp"):
                    yield f"{name}:{number}: {library} in a header"
                elif name not in users[library]:
                    users[library].append(name)
    for library, names in users.items():
        if len(names) > HEAVY_FILES_MAX:
            yield f"{library} is compiled in {len(names)} files, at most {HEAVY_FILES_MAX}: {names}"


def top_level(root):
    for entry in sorted({name.split("/")[0] for name in committed(root)}):
        if entry not in TOP_LEVEL and not entry.startswith("."):
            yield f"{entry}: the top level holds only {' '.join(sorted(TOP_LEVEL))}"


def private_paths(root):
    for name in committed(root):
        for number, line in enumerate(lines_of(root, name), 1):
            if match := PRIVATE.search(line):
                yield f"{name}:{number}: '{match.group(0)}' exists on one machine only"


CHECKS = {check.__name__: check
          for check in (folder_order, seams, heavy_headers, top_level, private_paths)}


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in CHECKS:
        print(f"usage: house.py {'|'.join(CHECKS)} ROOT", file=sys.stderr)
        return 2
    offences = list(CHECKS[sys.argv[1]](Path(sys.argv[2])))
    print("\n".join(offences) if offences else f"{sys.argv[1]}: nothing found")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
