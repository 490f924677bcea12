#pragma once

/* What the stub has beyond liblsl: faults that the real library leaves to the network. */
#ifdef __cplusplus
extern "C" {
#endif

typedef struct OutletTag* stub_outlet;

/* What peers get as its description, in place of the true one. */
void stub_set_xml(stub_outlet outlet, const char* xml);

/* Its clock is ahead of everybody else's by so much: stamps are its own from here on. */
void stub_set_clock_ahead(stub_outlet outlet, double seconds);

/* Samples stay on their way until it is let go. */
void stub_hold_back(stub_outlet outlet, int held);

#ifdef __cplusplus
}
#endif
