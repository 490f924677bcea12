"""Our files opened by the readers that researchers use.

Usage: formats_test.py TONUS FOLDER. Converts a table and reads the results with SciPy (Debian), and with
pyxdf, wfdb and MNE where they can be had: from this Python, or from a private environment in FOLDER that
pip fills. What cannot be had is said and left out; exit code 77 says that nothing was compared.
"""

import importlib
import math
import os
import subprocess
import sys
import venv

RATE, N = 1000, 5000


def source(folder):
    path = os.path.join(folder, "source.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("time_s,MF_L[uV],MF_R[uV]\n")
        for i in range(N):
            file.write(f"{i / RATE:.6f},{first(i)!r},{second(i)!r}\n")
    return path


def first(i):
    return 300.0 * math.sin(0.05 * i)


def second(i):
    return 20000.0 + i % 100


def worst(values, expected):
    values = [float(v) for v in values]
    assert len(values) == N, len(values)
    return max(abs(v - expected(i)) for i, v in enumerate(values))


def check(name, a, b, tolerance):
    off = max(worst(a, first), worst(b, second))
    print(f"  {name:6} worst {off:.2e} uV, allowed {tolerance:.0e}")
    assert off <= tolerance, name


def mat(scipy_io, path):
    loaded = scipy_io.loadmat(path)
    assert float(loaded["emg_rate_hz"].item()) == RATE
    assert [str(label).strip() for label in loaded["emg_labels"]] == ["MF_L", "MF_R"]
    check("MAT", loaded["emg"][0], loaded["emg"][1], 0.0)


def xdf(pyxdf, path):
    streams, _ = pyxdf.load_xdf(path)
    stream = next(s for s in streams if s["info"]["name"][0] == "emg")
    check("XDF", stream["time_series"][:, 0], stream["time_series"][:, 1], 0.0)
    assert abs(stream["time_stamps"][-1] - stream["time_stamps"][0] - (N - 1) / RATE) < 1e-6


def wfdb(package, path):
    record = package.rdrecord(path[:-4])
    assert record.fs == RATE and record.sig_name == ["MF_L", "MF_R"] and record.units == ["uV", "uV"]
    check("WFDB", record.p_signal[:, 0], record.p_signal[:, 1], 0.51 * 600 / 65532)


def edf(mne, path):
    raw = mne.io.read_raw(path, preload=True, verbose="error")
    assert raw.info["sfreq"] == RATE
    data = raw.get_data() * 1e6  # volts
    check(path[-3:].upper(), data[0][:N], data[1][:N], 0.51 * 600 / 65534)


def environment(folder, packages):
    """A private environment with the packages, or None where they cannot be had."""
    place = os.path.join(folder, "venv")
    try:
        venv.create(place, with_pip=True, system_site_packages=True)
        subprocess.run([os.path.join(place, "bin", "pip"), "install", "-q", "--disable-pip-version-check", *packages],
                       check=True, timeout=240, capture_output=True)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"  no private environment: {str(error)[:200]}")
        return
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    sys.path.insert(0, os.path.join(place, "lib", version, "site-packages"))
    importlib.invalidate_caches()


READERS = (("scipy.io", ".mat", mat, None), ("pyxdf", ".xdf", xdf, "pyxdf"), ("wfdb", ".hea", wfdb, "wfdb"),
           ("mne", ".edf", edf, None), ("mne", ".bdf", edf, None))


def have(module):
    try:
        importlib.import_module(module)
        return True
    except ImportError:
        return False


def main():
    tonus, folder = sys.argv[1], sys.argv[2]
    os.makedirs(folder, exist_ok=True)
    wanted = [package for module, _, _, package in READERS if package and not have(module)]
    if wanted:
        environment(folder, wanted)
    in_path, n_read = source(folder), 0
    for module, extension, compare, _ in READERS:
        if not have(module):
            print(f"  skipped: {module} is not here")
            continue
        path = os.path.join(folder, "out" + extension)
        for old in (path, path[:-4] + ".dat", path[:-4] + ".atr"):
            if os.path.exists(old):
                os.remove(old)
        subprocess.run([tonus, "convert", in_path, path, "-q"], check=True)
        compare(importlib.import_module(module), path)
        n_read += 1
    # Debian's SciPy is part of the tests' packages; without it nothing here means anything.
    sys.exit(0 if n_read else 1 if os.environ.get("CI") == "true" else 77)


main()
