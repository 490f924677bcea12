/* The example, and one thing wrong with it: MISDEED says what. */
#define tonus_driver_v1 ramp_driver
#include "drivers/plugin/example/ramp.c"
#undef tonus_driver_v1

enum {
    NOTHING, NO_ENTRY, NULL_DRIVER, OTHER_VERSION, SHORT_STRUCT, NULL_OPEN, NULL_READ, NULL_SCHEME, BUILT_IN_SCHEME, ODD_SCHEME, NULL_OPTIONS,
    /* these show when it is opened */
    SILENT_OPEN, NO_STREAMS, NULL_STREAMS, MANY_CHANNELS, NULL_CHANNELS, NAN_RATE, HUGE_RATE, ZERO_SCALE, ODD_KIND, NULL_LABEL,
    /* these when it is read */
    OTHER_STREAM, NULL_SAMPLES, ODD_RESULT, LOST
};

static tonus_device* silent_open(const char* address, const tonus_setting* settings, uint32_t n, const char** error) {
    (void)address, (void)settings, (void)n, (void)error;
    return NULL;
}

static const tonus_stream* odd_streams(tonus_device* device, uint32_t* n_streams) {
    tonus_stream* const stream = &device->stream;
    *n_streams = MISDEED == NO_STREAMS ? 0 : 1;
    if (MISDEED == MANY_CHANNELS) stream->n_channels = 2000;
    if (MISDEED == NULL_CHANNELS) stream->channels = NULL;
    if (MISDEED == NAN_RATE) stream->rate_hz = NAN;
    if (MISDEED == HUGE_RATE) stream->rate_hz = 1e9;
    if (MISDEED == ZERO_SCALE) device->channels[1].scale = 0.0;
    if (MISDEED == ODD_KIND) stream->kind = 99;
    if (MISDEED == NULL_LABEL) device->channels[1].label = NULL;
    return MISDEED == NULL_STREAMS ? NULL : stream;
}

static int odd_read(tonus_device* device, int32_t timeout_ms, tonus_push push, void* sink) {
    static const int32_t samples[CHANNELS] = {0, 0};
    if (MISDEED == OTHER_STREAM) push(sink, 7, 0, samples, 1);
    if (MISDEED == NULL_SAMPLES) push(sink, 0, 0, NULL, 1);
    if (MISDEED == ODD_RESULT) return 1000;
    if (MISDEED == LOST) return TONUS_LOST;
    return ramp_read(device, timeout_ms, push, sink);
}

#if MISDEED != 1 /* NO_ENTRY */
const tonus_driver* tonus_driver_v1(void) {
    static tonus_driver driver;
    driver = *ramp_driver();
    driver.streams = odd_streams;
    driver.read = odd_read;
    if (MISDEED == NULL_DRIVER) return NULL;
    if (MISDEED == OTHER_VERSION) driver.version = 2;
    if (MISDEED == SHORT_STRUCT) driver.size = 16;
    if (MISDEED == NULL_OPEN) driver.open = NULL;
    if (MISDEED == NULL_READ) driver.read = NULL;
    if (MISDEED == NULL_SCHEME) driver.scheme = NULL;
    if (MISDEED == BUILT_IN_SCHEME) driver.scheme = "cyton";
    if (MISDEED == ODD_SCHEME) driver.scheme = "My Lab:";
    if (MISDEED == NULL_OPTIONS) driver.options = NULL;
    if (MISDEED == SILENT_OPEN) driver.open = silent_open;
    return &driver;
}
#endif
