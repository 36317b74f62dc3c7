#include "CIsal.h"

#if __has_include(<isa-l/igzip_lib.h>)

#include <dlfcn.h>
#include <isa-l/igzip_lib.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

struct cisal_stream {
    struct inflate_state state;
};

static struct {
    void (*init)(struct inflate_state *);
    void (*reset)(struct inflate_state *);
    int (*inflate)(struct inflate_state *);
} isal;

// The structure above is that of this version of the interface.
static const char *const library = "libisal.so.2";

static void open_library(void) {
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!handle) return;
    isal.init = (void (*)(struct inflate_state *))dlsym(handle, "isal_inflate_init");
    isal.reset = (void (*)(struct inflate_state *))dlsym(handle, "isal_inflate_reset");
    isal.inflate = (int (*)(struct inflate_state *))dlsym(handle, "isal_inflate");
}

cisal_stream *cisal_new(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_library);
    if (!isal.init || !isal.reset || !isal.inflate) return NULL;
    cisal_stream *stream = malloc(sizeof *stream);
    if (!stream) return NULL;
    isal.init(&stream->state);
    stream->state.crc_flag = ISAL_GZIP;
    return stream;
}

void cisal_free(cisal_stream *stream) { free(stream); }

void cisal_start(cisal_stream *stream) {
    isal.reset(&stream->state);
    stream->state.crc_flag = ISAL_GZIP;
}

cisal_outcome cisal_decode(
    cisal_stream *stream, const void *input, size_t *input_count, void *output, size_t *output_count) {
    struct inflate_state *state = &stream->state;
    state->next_in = (uint8_t *)(uintptr_t)input;
    state->avail_in = (uint32_t)*input_count;
    state->next_out = output;
    state->avail_out = (uint32_t)*output_count;
    int code = isal.inflate(state);
    // At a wrong checksum that ends with the input, ISA-L 2.30 subtracts bytes that it was not given.
    *input_count = state->avail_in <= *input_count ? state->avail_in : 0;
    *output_count = state->avail_out;
    if (code == ISAL_INCORRECT_CHECKSUM) return CISAL_WRONG_CHECKSUM;
    if (code < 0 || code == ISAL_NEED_DICT) return CISAL_DAMAGED;
    return state->block_state == ISAL_BLOCK_FINISH ? CISAL_END : CISAL_MORE;
}

#else

cisal_stream *cisal_new(void) { return NULL; }
void cisal_free(cisal_stream *stream) { (void)stream; }
void cisal_start(cisal_stream *stream) { (void)stream; }
cisal_outcome cisal_decode(
    cisal_stream *stream, const void *input, size_t *input_count, void *output, size_t *output_count) {
    (void)stream, (void)input, (void)input_count, (void)output, (void)output_count;
    return CISAL_DAMAGED;
}

#endif
