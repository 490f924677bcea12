/* The interface by which a driver comes to Tonus as a shared library, in plain C.
 *
 * Put the library (NAME.so) into a folder of TONUS_DRIVER_PATH (folders, separated by ':'). It exports one
 * function, tonus_driver_v1, and `tonus drivers` lists it. Nothing else is needed to build it than this
 * file:  cc -std=c99 -shared -fPIC -I INCLUDE -o NAME.so NAME.c
 *
 * Threads     a device is used by one thread at a time, and several devices may be open at once.
 * Memory      who makes something frees it. What a plug-in hands over (structs, arrays, texts) stays valid
 *             and unchanged until the device is closed, or for ever where no device is concerned.
 * Texts       UTF-8, ended by a zero, never null unless said so.
 * Errors      a function that can fail returns 0 when all is well; the text says what is wrong and what
 *             would mend it. No C++ exception and no longjmp may leave a function.
 * Versions    this is version 1. Fields are only ever added at the end; `size` says which of them there are.
 */
#ifndef TONUS_DRIVER_H
#define TONUS_DRIVER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TONUS_DRIVER_VERSION 1u

#if defined(__GNUC__)
#define TONUS_DRIVER_EXPORT __attribute__((visibility("default")))
#else
#define TONUS_DRIVER_EXPORT
#endif

/* What a stream measures. */
enum {
    TONUS_EMG = 0,
    TONUS_ECG = 1,
    TONUS_ACCELERATION = 2, /* m/s^2 after scaling */
    TONUS_ANGULAR_RATE = 3, /* rad/s after scaling */
    TONUS_ORIENTATION = 4,  /* quaternion w x y z */
    TONUS_OTHER = 5
};

/* How its samples lie in memory. */
enum { TONUS_INT32 = 0, TONUS_FLOAT32 = 1, TONUS_FLOAT64 = 2 };

/* What read() came to. */
enum {
    TONUS_IDLE = 0,   /* nothing came in time; not an error */
    TONUS_FRAMES = 1, /* at least one frame was pushed */
    TONUS_ENDED = 2,  /* there will be no more, as it should be */
    TONUS_LOST = 3    /* the device is gone: it is closed, and opened again as soon as that works */
};

/* value = raw * scale + offset, in `unit`: uV, mV, V, m/s^2, rad/s ... or "" where it is not known. */
typedef struct tonus_channel {
    const char* label;
    const char* unit;
    double scale; /* not 0 */
    double offset;
    double raw_min, raw_max; /* ends of the converter's range; NaN where they are not known */
} tonus_channel;

typedef struct tonus_stream {
    const char* name;
    int32_t kind;   /* TONUS_EMG ... */
    int32_t sample; /* TONUS_INT32 ... */
    double rate_hz; /* as exact as it is known: 58 frames in 27 ms is 58 / 0.027 */
    uint32_t n_channels; /* 1 to 1024 */
    const tonus_channel* channels;
    const char* device_id; /* the same whenever this very device is opened: "mylab:SN123" */
    const char* settings;  /* what a calibration depends on, "gain=24"; may be "" */
} tonus_stream;

/* An option of the address, as `tonus drivers` prints it. Others are refused before a device is opened. */
typedef struct tonus_option {
    const char* name;
    const char* value; /* what can be given, and the default: "Hz, 1000" */
    const char* summary;
} tonus_option;

/* An option that was given: scheme:address?name=value */
typedef struct tonus_setting {
    const char* name;
    const char* value;
} tonus_setting;

/* A device that is here now. */
typedef struct tonus_found {
    char url[256];
    char what[256];
} tonus_found;

/* What the plug-in itself knows of an open device. */
typedef struct tonus_device tonus_device;

/* Takes consecutive frames, channel-interleaved, as the device sent them.
 * sink         as it was given to read()
 * stream       index into what streams() said
 * first_index  the device's own count of frames, widened to 64 bits; a jump is a loss, and nothing is
 *              invented to fill it */
typedef void (*tonus_push)(void* sink, uint32_t stream, uint64_t first_index, const void* samples, uint64_t n_frames);

typedef struct tonus_driver {
    size_t size;      /* sizeof(tonus_driver) */
    uint32_t version; /* TONUS_DRIVER_VERSION */

    const char* scheme; /* of the address: small letters and digits, no built-in driver's */
    const char* summary;
    const char* url_syntax;
    const char* units;          /* what is sent, and what one step of it is */
    const char* loss_detection; /* how lost frames are known: "counter modulo 256", "none" */
    const char* clock;          /* what drives its time */
    const tonus_option* options;
    uint32_t n_options; /* up to 64 */

    /* Writes up to n_max devices that are here now, and returns how many. Quick and harmless. May be
     * null. */
    uint32_t (*probe)(tonus_found* found, uint32_t n_max);

    /* Returns null, and says why in *error, when it does not open. */
    tonus_device* (*open)(const char* address, const tonus_setting* settings, uint32_t n_settings, const char** error);

    /* What it will send, 1 to 64 streams. Fixed while it is open. */
    const tonus_stream* (*streams)(tonus_device* device, uint32_t* n_streams);

    int (*start)(tonus_device* device);

    /* Waits at most so long, then pushes what has come. Must not hold back: feedback is made of it. */
    int (*read)(tonus_device* device, int32_t timeout_ms, tonus_push push, void* sink);

    void (*stop)(tonus_device* device);
    void (*close)(tonus_device* device);

    /* After start() failed or read() said TONUS_LOST: why. May return null. */
    const char* (*error)(tonus_device* device);
} tonus_driver;

/* The one function a plug-in exports. */
TONUS_DRIVER_EXPORT const tonus_driver* tonus_driver_v1(void);

#ifdef __cplusplus
}
#endif
#endif
