"""Lab Streaming Layer against the real liblsl, with pylsl at the other end.

Usage: lsl_test.py TONUS TESTS FOLDER. The liblsl of pylsl (private_environment.py) serves Tonus too, unless
TONUS_LIBLSL names one. Exit code 77 where there is no pylsl. Everything stays on the loopback interface.
"""

import glob
import json
import os
import subprocess
import sys
import threading
import time

from private_environment import package

RATE, N_CHANNELS, RUN_S = 1000, 2, 3


def stay_on_loopback(folder):
    path = os.path.join(folder, "lsl_api.cfg")
    with open(path, "w", encoding="utf-8") as file:
        file.write("[multicast]\nResolveScope = machine\n[ports]\nIPv6 = disable\n[log]\nlevel = -3\n"
                   f"[lab]\nKnownPeers = {{127.0.0.1}}\nSessionID = tonus{os.getpid()}\n")
    os.environ["LSLAPICFG"] = path


def library_of(pylsl):
    if "TONUS_LIBLSL" not in os.environ:
        found = glob.glob(os.path.join(os.path.dirname(pylsl.__file__), "lib", "liblsl.so*"))
        os.environ["TONUS_LIBLSL"] = sorted(found)[0]
    print(f"  pylsl with liblsl {pylsl.library_version()}, Tonus with {os.path.basename(os.environ['TONUS_LIBLSL'])}")


def send(pylsl, stop, sent):
    info = pylsl.StreamInfo("pylsl emg", "EMG", N_CHANNELS, RATE, "float32", "pylsl-emg")
    channels = info.desc().append_child("channels")
    for label in ("MF_L", "MF_R"):
        channel = channels.append_child("channel")
        channel.append_child_value("label", label)
        channel.append_child_value("unit", "microvolts")
    outlet, begin = pylsl.StreamOutlet(info), pylsl.local_clock()
    while not stop.is_set():
        due = int((pylsl.local_clock() - begin) * RATE)
        for i in range(sent[0], due):
            outlet.push_sample([i % 100, -(i % 100)], begin + i / RATE)
        sent[0] = max(sent[0], due)
        time.sleep(0.01)


def into_tonus(pylsl, tonus):
    stop, sent = threading.Event(), [0]
    sender = threading.Thread(target=send, args=(pylsl, stop, sent))
    sender.start()
    try:
        out = subprocess.run([tonus, "run", "--source", "lsl:?type=EMG", "--duration", str(RUN_S), "--json"], check=True,
                             capture_output=True, text=True, timeout=60).stdout
    finally:
        stop.set()
        sender.join()
    stream = json.loads(out)["streams"][0]
    print(f"  in: {stream['received']} frames of {RUN_S} s at {RATE} Hz, lost {stream['emitted'] - stream['received']}")
    assert stream["received"] == stream["emitted"] > 0.7 * RUN_S * RATE, stream


def mark(pylsl, stop, pushed):
    """Texts and numbers, in turn, each at its stamp."""
    texts = pylsl.StreamOutlet(pylsl.StreamInfo("cues", "Markers", 1, 0, "string", "pylsl-cues"))
    numbers = pylsl.StreamOutlet(pylsl.StreamInfo("trigger", "Markers", 1, 0, "int32", "pylsl-trigger"))
    while not stop.is_set():
        stamp, i = pylsl.local_clock(), len(pushed)
        if i % 2 == 0:
            texts.push_sample([f"cue {i}"], stamp)
        else:
            numbers.push_sample([i], stamp)
        pushed.append((f"cue {i}" if i % 2 == 0 else f"trigger: {i}", stamp))
        time.sleep(0.2)


def markers_of(path):
    with open(path, encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    return sorted((event["time_s"], event["text"]) for event in events if event["event"] == "marker")


def markers_into_tonus(pylsl, tonus, folder):
    stop, sent, pushed = threading.Event(), [0], []
    threads = [threading.Thread(target=send, args=(pylsl, stop, sent)), threading.Thread(target=mark, args=(pylsl, stop, pushed))]
    for thread in threads:
        thread.start()
    record, live, again = (os.path.join(folder, name) for name in ("markers.xdf", "live.jsonl", "again.jsonl"))
    if os.path.exists(record):
        os.remove(record)
    try:
        subprocess.run([tonus, "run", "--source", "lsl:?type=EMG", "--source", "lsl:cues", "--source", "lsl:trigger", "--duration", str(RUN_S),
                        "--record", record, "--events", live, "--quiet"], check=True, capture_output=True, timeout=60)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    subprocess.run([tonus, "replay", record, "--events", again, "--quiet"], check=True, capture_output=True, timeout=60)
    seen, stamps = markers_of(live), dict(pushed)
    late = [stamps[text] - time_s for time_s, text in seen]  # the beginning of the run, by the sender's clock
    print(f"  markers: {len(seen)} of {RUN_S} s, at their stamps to {1e3 * (max(late) - min(late)):.3f} ms")
    assert len(seen) >= 8 and {text.split()[0] for _, text in seen} == {"cue", "trigger:"}, seen
    assert max(late) - min(late) < 5e-3, late
    assert markers_of(again) == seen


def out_of_tonus(pylsl, tonus):
    run = subprocess.Popen([tonus, "run", "--source", "sim:?subject=7&task=reps", "--lsl-out", "tonus", "--duration", "5", "-q"])
    try:
        results = pylsl.StreamInlet(pylsl.resolve_byprop("name", "tonus", 1, 6.0)[0])
        texts = pylsl.StreamInlet(pylsl.resolve_byprop("name", "tonus_events", 1, 6.0)[0])
        info = results.info(6.0)
        texts.open_stream(6.0)
        rows, stamps, events = [], [], []
        while True:
            more, at = results.pull_chunk(0.5)
            rows += more
            stamps += at
            events += [sample[0] for sample in texts.pull_chunk(0.0)[0]]
            if run.poll() is not None and not more:
                break
    finally:
        run.wait(30)
    labels, node = [], info.desc().child("channels").child("channel")
    while not node.empty():
        labels.append(node.child_value("label"))
        node = node.next_sibling("channel")
    print(f"  out: {len(rows)} rows of {len(labels)} columns, {len(events)} events")
    assert run.returncode == 0
    assert info.type() == "Activation" and info.nominal_srate() == 100 and len(labels) == info.channel_count()
    assert labels[-2:] == ["load_state", "load_reason"] and len(rows) > 100
    steps = [b - a for a, b in zip(stamps, stamps[1:])]
    assert min(steps) >= 0.0 and abs(sum(steps) / len(steps) - 0.01) < 5e-4, (min(steps), sum(steps) / len(steps))
    for text in events:
        assert "event" in json.loads(text)


def main():
    tonus, tests, folder = sys.argv[1:4]
    os.makedirs(folder, exist_ok=True)
    stay_on_loopback(folder)
    pylsl = package("pylsl")
    library_of(pylsl)
    subprocess.run([tests, "--gtest_filter=All/Lsl.*/Liblsl", "--gtest_brief=1"], check=True, timeout=120)
    into_tonus(pylsl, tonus)
    markers_into_tonus(pylsl, tonus, folder)
    out_of_tonus(pylsl, tonus)


main()
