#!/usr/bin/env python3
"""Shows that a check of house.py finds what it is for and leaves the rest alone:
house_test.py CHECK."""
import sys
import tempfile
from pathlib import Path

import house

# Each case is a small tree of files and how many offences it holds.
CASES = {
    "folder_order": [
        (1, {"engine/ring/a.hpp": '#include "engine/load/load_flag.hpp"\n'}),
        (0, {"engine/load/a.hpp": '#include "engine/ring/frame_ring.hpp"\n'}),
        (0, {"engine/load/a.hpp": '#include "engine/load/b.hpp"\n'}),
        (1, {"engine/pipeline/a.cpp": '#include "drivers/sim/sim.hpp"\n'}),
        (1, {"engine/core/a.cpp": '#include "tools/tonus/main.hpp"\n'}),
        (1, {"engine/misc/a.cpp": "int a;\n"}),
        (1, {"drivers/cyton/a.cpp": '#include "engine/pipeline/pipeline.hpp"\n'}),
        (1, {"drivers/cyton/a.cpp": '#include "drivers/trigno/trigno.hpp"\n'}),
        (1, {"drivers/cyton/a.cpp": '#include "engine/sinks/sink.hpp"\n'}),
        (0, {"drivers/lsl/a.cpp": '#include "engine/sinks/sink.hpp"\n'}),
        (0, {"drivers/cyton/a.cpp": '#include "drivers/cyton/b.hpp"\n'
                                    '#include "drivers/transport/transport.hpp"\n'
                                    '#include "engine/device/device.hpp"\n'}),
    ],
    "seams": [
        (1, {"engine/load/a.cpp": "    std::thread worker{run};\n"}),
        (1, {"tools/tonus/a.cpp": "auto now = std::chrono::steady_clock::now();\n"}),
        (1, {"tools/tonus/a.cpp": "using C = steady_clock; auto t = steady_clock::now();\n"}),
        (0, {"engine/pipeline/a.cpp": "SystemClock system_clock;\n"}),
        (1, {"engine/sinks/a.cpp": "std::ofstream out{path};\n"}),
        (1, {"engine/sinks/a.cpp": "#include <fstream>\n"}),
        (1, {"engine/sinks/a.cpp": 'FILE* f = std::fopen(path, "w");\n'}),
        (1, {"drivers/file/a.cpp": "int fd = ::open(path, 0);\n"}),
        (1, {"drivers/file/a.cpp": "int fd = open(path, 0);\n"}),
        (1, {"drivers/trigno/a.cpp": "int s = ::socket(2, 1, 0);\n"}),
        (1, {"drivers/lsl/a.cpp": "void* library = dlopen(path, 2);\n"}),
        (1, {"drivers/sim/a.cpp": "std::mt19937 engine{7};\n"}),
        (1, {"drivers/sim/a.cpp": "std::random_device seed;\n"}),
        (1, {"drivers/sim/a.cpp": "int x = rand();\n"}),
        (1, {"tools/tonus/a.cpp": "std::this_thread::sleep_for(s);\n"}),
        (1, {"engine/ring/a.cpp": "pthread_mutex_lock(&m);\n"}),
        (0, {"engine/core/a.cpp": "std::thread t; ::open(p, 0); std::random_device r;\n"}),
        (0, {"drivers/transport/a.cpp": "int s = ::socket(2, 1, 0);\n"}),
        (0, {"drivers/cyton/a_test.cpp": "std::thread t;\n"}),
        (0, {"engine/load/a.cpp": "// std::thread is not for here\n"}),
        (0, {"engine/load/a.cpp": "files.open(path); file->open(path); operand(x); is_open();\n"}),
        (0, {"engine/load/a.cpp": 'print("cannot open (it is a folder)");\n'}),
    ],
    "heavy_headers": [
        (1, {"engine/sinks/a.hpp": "#include <nlohmann/json.hpp>\n"}),
        (1, {f"tools/tonus/{n}.cpp": "#include <CLI/CLI.hpp>\n" for n in "abc"}),
        (1, {f"engine/formats/{n}.cpp": "#include <toml++/toml.h>\n" for n in "abc"}),
        (1, {"drivers/transport/a.hpp": "#include <boost/asio/ip/tcp.hpp>\n"}),
        (0, {f"tools/tonus/{n}.cpp": "#include <CLI/CLI.hpp>\n#include <CLI/App.hpp>\n"
             for n in "ab"}),
        (0, {"engine/sinks/a.hpp": "#include <nlohmann/json_fwd.hpp>\n"}),
    ],
    "top_level": [
        (1, {"CMakePresets.json": "{}\n"}),
        (1, {"docs/a.md": "x\n"}),
        (0, {"README.md": "x\n", "engine/a": "x\n", ".ci/run": "x\n", ".gitignore": "x\n"}),
    ],
    "private_paths": [
        (1, {"tests/a.cpp": "open(\"/" + "home/anna/squat.edf\");\n"}),
        (1, {"tools/setup": "cd /" + "root/build\n"}),
        (1, {"README.md": "see /" + "work/notes.md\n"}),
        (1, {"tools/setup": "curl https://registry" + ".example.org/x\n"}),
        (1, {"tests/a.cpp": "\"/" + "tmp/out.csv\"\n"}),
        (0, {"README.md": "cyton:/dev/ttyUSB0, https://www.xsens.com/work/x, ../shared/work\n"}),
        (0, {"tools/a": '"$root/work/x" "${HOME}/root/x"\n'}),
    ],
}


def main():
    check = house.CHECKS[sys.argv[1]]
    n_wrong = 0
    for n_expected, tree in CASES[sys.argv[1]]:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in tree.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            found = list(check(root))
        if len(found) != n_expected:
            n_wrong += 1
            print(f"{tree}: expected {n_expected} offences, found {found}")
    print(f"{len(CASES[sys.argv[1]])} cases, {n_wrong} wrong")
    return 1 if n_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
