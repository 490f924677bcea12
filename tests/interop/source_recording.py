"""A small recording whose every value is known: two streams of different rate, a gap and two remarks.

Written as XDF from its specification, without any code of ours, so that what the other readers see can
be compared with what went in.
"""

import math
import struct

N_S, EMG_HZ, IMU_HZ = 5, 1000, 100
EMG = (("MF_L", "uV"), ("MF_R", "uV"))
IMU = (("acc_x", "m/s2"), ("acc_y", "m/s2"), ("acc_z", "m/s2"))
GAP = range(2300, 2700)  # frames of the EMG that never came
REMARKS = ((1.5, "squat"), (3.25, "rest"))


def emg(channel, i):
    return 300.0 * math.sin(0.05 * i) if channel == 0 else 20000.0 + i % 100


def imu(channel, i):
    return 9.81 * math.cos(0.1 * i + channel)


def _chunk(tag, content):
    return b"\x04" + struct.pack("<IH", len(content) + 2, tag) + content


def _header(stream, name, kind, rate_hz, type_name, channels):
    listed = "".join(f"<channel><label>{label}</label><unit>{unit}</unit></channel>" for label, unit in channels)
    xml = (f"<info><name>{name}</name><type>{kind}</type><channel_count>{max(1, len(channels))}</channel_count>"
           f"<nominal_srate>{rate_hz}</nominal_srate><channel_format>{type_name}</channel_format>"
           f"<desc><channels>{listed}</channels></desc></info>")
    return _chunk(2, struct.pack("<I", stream) + xml.encode())


def _samples(stream, samples):
    body = b"".join(b"\x08" + struct.pack("<d", at_s) + value for at_s, value in samples)
    return _chunk(3, struct.pack("<I", stream) + b"\x04" + struct.pack("<I", len(samples)) + body)


def write(path):
    text = [(at_s, b"\x01" + bytes([len(remark)]) + remark.encode()) for at_s, remark in REMARKS]
    with open(path, "wb") as file:
        file.write(b"XDF:" + _chunk(1, b"<info><version>1.0</version></info>"))
        file.write(_header(1, "emg", "EMG", EMG_HZ, "double64", EMG))
        file.write(_header(2, "imu", "Accelerometer", IMU_HZ, "double64", IMU))
        file.write(_header(3, "remarks", "Markers", 0, "string", ()))
        for second in range(N_S):
            file.write(_samples(1, [(i / EMG_HZ, struct.pack("<2d", *(emg(c, i) for c in range(2))))
                                    for i in range(second * EMG_HZ, (second + 1) * EMG_HZ) if i not in GAP]))
            file.write(_samples(2, [(i / IMU_HZ, struct.pack("<3d", *(imu(c, i) for c in range(3))))
                                    for i in range(second * IMU_HZ, (second + 1) * IMU_HZ)]))
        file.write(_samples(3, text))
