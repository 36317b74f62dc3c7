// Intel's ISA-L, several times as fast as zlib, where the machine has it: opened at run time, so that nothing needs it.
#ifndef CISAL_H
#define CISAL_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cisal_stream cisal_stream;

typedef enum {
    // Input or room for output is used up.
    CISAL_MORE,
    // The member is complete, and its checksum is right.
    CISAL_END,
    CISAL_DAMAGED,
    CISAL_WRONG_CHECKSUM,
} cisal_outcome;

// For gzip members, one after the other. NULL if the library or the memory is missing.
cisal_stream *cisal_new(void);
void cisal_free(cisal_stream *stream);

// Makes ready for the next member.
void cisal_start(cisal_stream *stream);

// Decodes from `input` to `output`; the counts are what is left of each afterwards.
cisal_outcome cisal_decode(
    cisal_stream *stream, const void *input, size_t *input_count, void *output, size_t *output_count);

#endif
