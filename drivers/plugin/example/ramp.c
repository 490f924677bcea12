/* A driver as a lab would write it: two channels of "EMG" that count up, so that nothing is needed to try
 * it. What a real one does in read() is wait for its device and decode what came.
 *
 * cc -std=c99 -shared -fPIC -I drivers/plugin -o ramp.so drivers/plugin/example/ramp.c
 */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "tonus_driver.h"

enum { CHANNELS = 2, BLOCK = 256 };

struct tonus_device {
    tonus_channel channels[CHANNELS];
    tonus_stream stream;
    double begin_s;
    uint64_t n_sent;
};

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static tonus_device* ramp_open(const char* address, const tonus_setting* settings, uint32_t n_settings, const char** error) {
    double rate_hz = 1000.0;
    (void)address;
    for (uint32_t i = 0; i < n_settings; ++i) rate_hz = atof(settings[i].value); /* the only option there is */
    if (!(rate_hz >= 100.0 && rate_hz <= 10000.0)) {
        *error = "rate is not from 100 to 10000";
        return NULL;
    }
    tonus_device* device = calloc(1, sizeof *device);
    if (device == NULL) {
        *error = "no memory is left";
        return NULL;
    }
    for (int c = 0; c < CHANNELS; ++c) {
        device->channels[c] = (tonus_channel){c == 0 ? "MF_L" : "MF_R", "uV", 0.1, 0.0, NAN, NAN};
    }
    device->stream = (tonus_stream){"emg", TONUS_EMG, TONUS_INT32, rate_hz, CHANNELS, device->channels, "ramp:1", ""};
    return device;
}

static const tonus_stream* ramp_streams(tonus_device* device, uint32_t* n_streams) {
    *n_streams = 1;
    return &device->stream;
}

static int ramp_start(tonus_device* device) {
    device->begin_s = now_s();
    device->n_sent = 0;
    return 0;
}

static int ramp_read(tonus_device* device, int32_t timeout_ms, tonus_push push, void* sink) {
    const struct timespec wait = {0, 1000000L * (timeout_ms < 5 ? timeout_ms : 5)};
    nanosleep(&wait, NULL);
    const uint64_t n_due = (uint64_t)((now_s() - device->begin_s) * device->stream.rate_hz);
    if (n_due <= device->n_sent) return TONUS_IDLE;
    while (device->n_sent < n_due) {
        int32_t samples[BLOCK * CHANNELS];
        const uint64_t n = n_due - device->n_sent < BLOCK ? n_due - device->n_sent : BLOCK;
        for (uint64_t i = 0; i < n; ++i) {
            for (int c = 0; c < CHANNELS; ++c) samples[i * CHANNELS + (uint64_t)c] = (int32_t)((device->n_sent + i) % 1000) + 1000 * c;
        }
        push(sink, 0, device->n_sent, samples, n);
        device->n_sent += n;
    }
    return TONUS_FRAMES;
}

static void ramp_stop(tonus_device* device) { (void)device; }
static void ramp_close(tonus_device* device) { free(device); }
static const char* ramp_error(tonus_device* device) {
    (void)device;
    return NULL;
}

const tonus_driver* tonus_driver_v1(void) {
    static const tonus_option options[] = {{"rate", "100 to 10000 Hz, 1000", "frames per second"}};
    static const tonus_driver driver = {
        .size = sizeof(tonus_driver),
        .version = TONUS_DRIVER_VERSION,
        .scheme = "ramp",
        .summary = "example of a plug-in: two channels that count",
        .url_syntax = "ramp:[?rate=1000]",
        .units = "0.1 uV a step, as int32",
        .loss_detection = "64-bit counter",
        .clock = "this machine's",
        .options = options,
        .n_options = 1,
        .probe = NULL,
        .open = ramp_open,
        .streams = ramp_streams,
        .start = ramp_start,
        .read = ramp_read,
        .stop = ramp_stop,
        .close = ramp_close,
        .error = ramp_error,
    };
    return &driver;
}
