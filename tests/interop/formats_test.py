"""Our files opened by the readers that researchers use: values, times, names, units, rates, remarks.

Usage: formats_test.py READER TONUS, where READER is pyxdf, wfdb, mne, scipy or matdump. `tonus convert`
writes the recording of source_recording.py in the reader's format, and what the reader finds is compared with
what went in. Exit code 77 where the reader is not here.
"""

import os
import shutil
import subprocess
import sys
import tempfile

import source_recording as source
from private_environment import package

EMG_FRAMES = [i for i in range(source.N_S * source.EMG_HZ) if i not in source.GAP]
IMU_FRAMES = list(range(source.N_S * source.IMU_HZ))
LABELS = [[label for label, _ in channels] for channels in (source.EMG, source.IMU)]
UNITS = [["uV", "uV"], ["m/s^2"] * 3]
# The greatest rounding of a range in 16 bits, and in 24: half a step, and what its eight characters add.
ROUNDED_16 = (0.51 * 600 / 65534, 0.51 * 20 / 65534)
ROUNDED_24 = (0.51 * 600 / 16777214, 0.51 * 20 / 16777214)


def check(what, values, truth, frames, tolerance):
    """values[channel][k] is the sample of frames[k]."""
    worst = 0.0
    for channel, got in enumerate(values):
        assert len(got) == len(frames), (what, channel, len(got), len(frames))
        worst = max(worst, max(abs(float(value) - truth(channel, i)) for value, i in zip(got, frames)))
    print(f"  {what:12} {len(values)} channels, worst {worst:.2e}, allowed {tolerance:.2e}")
    assert worst <= tolerance, what


def equal(what, got, expected):
    assert got == expected, f"{what}: {got} and not {expected}"


def near(what, got, expected):
    assert len(got) == len(expected) and all(abs(float(a) - b) < 1e-6 for a, b in zip(got, expected)), f"{what}: {got} and not {expected}"


def pyxdf(convert, tonus, folder):
    reader = package("pyxdf")

    def streams(path):
        # A gap of 0.4 s is to pyxdf jitter, to be smoothed away.
        return {s["info"]["name"][0]: s for s in reader.load_xdf(path, dejitter_timestamps=False)[0]}

    found = streams(convert(".xdf"))
    for name, truth, frames, labels, rate_hz in (("emg", source.emg, EMG_FRAMES, LABELS[0], source.EMG_HZ),
                                                 ("imu", source.imu, IMU_FRAMES, LABELS[1], source.IMU_HZ)):
        stream = found[name]
        check("XDF " + name, stream["time_series"].T, truth, frames, 0.0)
        near("times", stream["time_stamps"], [i / rate_hz for i in frames])
        equal("rate", float(stream["info"]["nominal_srate"][0]), rate_hz)
        channels = stream["info"]["desc"][0]["channels"][0]["channel"]
        equal("labels", [c["label"][0] for c in channels], labels)
        # The words of LSL's own list of units, where it has one.
        equal("units", {c["unit"][0] for c in channels}, {"microvolts"} if name == "emg" else {"m/s^2"})
    equal("remarks", [row[0] for row in found["annotations"]["time_series"]], [text for _, text in source.REMARKS])
    near("onsets", found["annotations"]["time_stamps"], [at_s for at_s, _ in source.REMARKS])
    recorded_by_us(streams, tonus, folder)


def recorded_by_us(streams, tonus, folder):
    """A recording of a live run, with losses and with the proof after each block, by pyxdf and by our own reader."""
    path, table = os.path.join(folder, "recorded.xdf"), os.path.join(folder, "recorded.csv")
    subprocess.run([tonus, "run", "--source", "sim:?subject=7&task=reps&loss=0.05", "--duration", "1.5", "-q", "--record", path], check=True)
    subprocess.run([tonus, "convert", path, table, "--streams", "emg", "-q"], check=True)
    stream = streams(path)["emg"]
    channels = stream["info"]["desc"][0]["channels"][0]["channel"]
    with open(table, encoding="utf-8") as file:
        rows = [[float(cell) for cell in line.split(",")] for line in file.readlines()[1:]]
    assert 0 < len(rows) == len(stream["time_series"]), (len(rows), len(stream["time_series"]))
    worst = 0.0
    for c, channel in enumerate(channels):
        scale, offset = float(channel["scale"][0]), float(channel["offset"][0])
        worst = max(worst, max(abs(float(raw[c]) * scale + offset - row[c + 1]) for raw, row in zip(stream["time_series"], rows)))
    print(f"  recorded     {len(rows)} frames, worst {worst:.2e} uV")
    assert worst < 1e-3
    steps = [b - a for a, b in zip(stream["time_stamps"], stream["time_stamps"][1:])]
    own_steps = [b[0] - a[0] for a, b in zip(rows, rows[1:])]
    assert max(own_steps) > 1.5 * min(own_steps), "the losses must be holes"
    assert max(abs(a - b) for a, b in zip(steps, own_steps)) < 1e-5


def wfdb(convert, *_):
    reader = package("wfdb")
    stem = convert(".hea")[:-4]
    record = reader.rdrecord(stem, smooth_frames=False)
    equal("labels", record.sig_name, LABELS[0] + LABELS[1])
    equal("units", record.units, UNITS[0] + UNITS[1])
    equal("rates", [record.fs * n for n in record.samps_per_frame], [source.EMG_HZ] * 2 + [source.IMU_HZ] * 3)
    emg, imu = record.e_p_signal[:2], record.e_p_signal[2:]
    assert all(channel[i] != channel[i] for channel in emg for i in source.GAP), "the gap must be invalid samples"
    check("WFDB emg", [[channel[i] for i in EMG_FRAMES] for channel in emg], source.emg, EMG_FRAMES, ROUNDED_16[0])
    check("WFDB imu", imu, source.imu, IMU_FRAMES, ROUNDED_16[1])
    remarks = reader.rdann(stem, "atr")
    equal("remarks", remarks.aux_note, [text for _, text in source.REMARKS])
    near("onsets", [sample / remarks.fs for sample in remarks.sample], [at_s for at_s, _ in source.REMARKS])


def mne(convert, *_):
    reader = package("mne")
    for extension, rounded in ((".edf", ROUNDED_16), (".bdf", ROUNDED_24)):
        path = convert(extension)
        for labels, truth, rate_hz, frames, tolerance, scale in ((LABELS[0], source.emg, source.EMG_HZ, EMG_FRAMES, rounded[0], 1e6),  # MNE has volts
                                                                 (LABELS[1], source.imu, source.IMU_HZ, IMU_FRAMES, rounded[1], 1.0)):
            raw = reader.io.read_raw(path, include=labels, preload=True, verbose="error")
            equal("labels", raw.ch_names, labels)
            equal("rate", raw.info["sfreq"], rate_hz)
            values = raw.get_data() * scale
            check(extension[1:].upper() + " " + labels[0], [[channel[i] for i in frames] for channel in values], truth, frames, tolerance + 1e-8)
        notes = [(note["onset"], note["description"]) for note in raw.annotations]
        expected = sorted(source.REMARKS + ((source.GAP[0] / source.EMG_HZ, f"dropped {len(source.GAP)} of emg"),))
        near("onsets", [at_s for at_s, _ in notes], [at_s for at_s, _ in expected])
        equal("remarks", [text for _, text in notes], [text for _, text in expected])


def scipy(convert, *_):
    loaded = package("scipy.io").loadmat(convert(".mat"))
    for name, truth, frames, k, rate_hz in (("emg", source.emg, EMG_FRAMES, 0, source.EMG_HZ), ("imu", source.imu, IMU_FRAMES, 1, source.IMU_HZ)):
        check("MAT " + name, loaded[name], truth, frames, 0.0)
        near("times", loaded[name + "_time_s"][0], [i / rate_hz for i in frames])
        equal("rate", float(loaded[name + "_rate_hz"].item()), rate_hz)
        equal("labels", [str(label).strip() for label in loaded[name + "_labels"]], LABELS[k])
        equal("units", [str(unit).strip() for unit in loaded[name + "_units"]], UNITS[k])
    near("onsets", loaded["annotation_onset_s"][0], [at_s for at_s, _ in source.REMARKS])
    equal("remarks", [str(text).strip() for text in loaded["annotation_text"]], [text for _, text in source.REMARKS])


def matdump(convert, *_):
    if shutil.which("matdump") is None:
        print("skipped: no matdump; Debian has it in matio-tools, and tools/setup --tests installs it")
        sys.exit(77)
    path = convert(".mat")

    def dumped(variable, *options):
        return subprocess.run(["matdump", *(options or ("-d",)), path, variable], check=True, capture_output=True, text=True).stdout

    def texts(variable):
        return [line.strip() for line in dumped(variable).split("{", 1)[1].split("}", 1)[0].strip().splitlines()]

    def numbers(variable):
        return [[float(word) for word in line.split()] for line in dumped(variable).splitlines()]

    for name, truth, frames, k, rate_hz in (("emg", source.emg, EMG_FRAMES, 0, source.EMG_HZ), ("imu", source.imu, IMU_FRAMES, 1, source.IMU_HZ)):
        check("MAT " + name, numbers(name), truth, frames, 6e-4 if name == "emg" else 6e-6)  # it prints six digits
        equal("size", dumped(name, "-f", "whos").split()[-3], f"{len(LABELS[k])}x{len(frames)}")
        equal("rate", numbers(name + "_rate_hz"), [[float(rate_hz)]])
        equal("labels", texts(name + "_labels"), LABELS[k])
        equal("units", texts(name + "_units"), UNITS[k])
    equal("onsets", numbers("annotation_onset_s"), [[at_s for at_s, _ in source.REMARKS]])
    equal("remarks", texts("annotation_text"), [text for _, text in source.REMARKS])


READERS = {"pyxdf": pyxdf, "wfdb": wfdb, "mne": mne, "scipy": scipy, "matdump": matdump}


def main():
    reader, tonus = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "source.xdf")
        source.write(path)

        def convert(extension):
            out = os.path.join(folder, "out" + extension)
            subprocess.run([tonus, "convert", path, out, "-q"], check=True)
            return out

        READERS[reader](convert, tonus, folder)


main()
