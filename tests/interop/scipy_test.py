"""The chain from raw samples to fractions of MVC, computed again by SciPy in double precision.

Usage: scipy_test.py TONUS. Runs the binary on the simulated subject and compares its taps (gated,
conditioned, envelope, activation) and its results table with what SciPy and NumPy make of the same
raw samples. Exit code 77 says that SciPy is not here.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    from scipy.signal import butter, sosfilt
except ImportError as missing:
    print(f"skipped: {missing}; Debian has python3-numpy and python3-scipy")
    sys.exit(1 if os.environ.get("CI") == "true" else 77)

RATES = {"1000": 1000.0, "2148.148148148148": 58 / 0.027, "250": 250.0}
WINDOW_TICKS = 25
SETTLED_S = 2.0


def run(tonus, *arguments):
    done = subprocess.run([tonus, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def first_frames(rate, n_ticks):
    """First frame of each tick, as the design's tick arithmetic says, in exact integers."""
    num, den = (58000, 27) if abs(rate - 58 / 0.027) < 1e-6 else (int(rate), 1)
    return [-(-tick * num // (100 * den)) for tick in range(n_ticks + 1)]


def rms(x, rate, n_ticks):
    starts = first_frames(rate, n_ticks)
    energy = np.array([np.sum(x[a:b] ** 2, axis=0) for a, b in zip(starts, starts[1:])])
    count = np.diff(starts)
    kernel = np.ones(WINDOW_TICKS)
    total = np.array([np.convolve(e, kernel)[:n_ticks] for e in energy.T]).T
    return np.sqrt(total / np.convolve(count, kernel)[:n_ticks, None])


def check(name, ours, expected, tolerance):
    worst = np.nanmax(np.abs(ours - expected)) / np.nanmax(np.abs(expected))
    print(f"  {name:12} worst {worst:.2e} of the largest value, allowed {tolerance:.0e}")
    assert np.isfinite(worst) and worst <= tolerance, name
    return worst


def compare(tonus, folder, text, rate):
    session = os.path.join(folder, "session.toml")
    run(tonus, "calibrate", "--source", f"sim:?subject=5&task=calibration&rate={text}", "--session", session, "--fast", "-q")
    taps, table = os.path.join(folder, "taps"), os.path.join(folder, "out.csv")
    source = f"sim:?subject=5&task=staircase&duration=30&rate={text}&ecg=on"
    summary = json.loads(run(tonus, "replay", source, "--session", session, "--taps", taps, "--out", table, "--json"))

    gated = np.load(os.path.join(taps, "0_emg_gated.npy")).astype(float)
    high = min(450.0, 0.45 * rate)
    # All four sites are of the trunk: band-pass, then the high-pass against the heart.
    sections = np.vstack([butter(2, [20, high], "bandpass", fs=rate, output="sos"), butter(4, 30, "highpass", fs=rate, output="sos")])
    conditioned = sosfilt(sections, gated, axis=0)
    settled = int(SETTLED_S * rate)
    check("conditioned", np.load(os.path.join(taps, "0_emg_conditioned.npy"))[settled:], conditioned[settled:], 1e-4)

    n_ticks = summary["ticks"]
    envelope = rms(conditioned, rate, n_ticks)
    first = int(SETTLED_S * 100)
    check("envelope", np.load(os.path.join(taps, "0_emg_envelope.npy"))[first:], envelope[first:], 1e-4)

    import tomllib
    with open(session, "rb") as file:
        references = tomllib.load(file)["reference"]
    rest = np.array([r["rest_uv"] for r in references])
    mvc = np.array([r["mvc_uv"] / (1 + r["bias"]) for r in references])
    activation = np.sqrt(np.maximum(envelope**2 - rest**2, 0) / (mvc**2 - rest**2))
    check("activation", np.load(os.path.join(taps, "activation.npy"))[first:], activation[first:], 1e-4)

    with open(table, newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == n_ticks
    for group, channels in (("local", [0, 1]), ("global", [2, 3])):
        ours = np.array([float(row[f"{group}_mvc"] or "nan") for row in rows])
        check(group, ours[first:], activation[first:, channels].mean(axis=1), 1e-4)
    # Nobody may read a state from the table that the load does not carry: a leaky dwell of half a second.
    over = np.array([row["load_state"] == "over" for row in rows])
    load = np.maximum(activation[:, :2].mean(axis=1), activation[:, 2:].mean(axis=1))
    count, on, expected = 0, False, []
    for tick, value in enumerate(load):
        if rows[tick]["load_state"] != "unknown":
            toward = value <= 0.30 if on else value >= 1 / 3
            count = count + 1 if toward else max(count - 1, 0)
            if count >= 50:
                on, count = not on, 0
        expected.append(on)
    differ = int(np.sum(over != np.array(expected)))
    print(f"  flag         {differ} of {n_ticks} ticks differ, {int(over.sum())} over")
    assert differ <= 2 and over.sum() > 500  # a tick at the very limit may fall on either side


def main():
    tonus = sys.argv[1]
    for text, rate in RATES.items():
        print(f"{text} Hz")
        with tempfile.TemporaryDirectory() as folder:
            compare(tonus, folder, text, rate)


main()
