// libcurl, opened when it is first used and never linked: programs that need no network run without it. Functions
// with fixed arguments, which Swift can call, in front of libcurl's variadic ones.
#ifndef CCURL_H
#define CCURL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// Opens the library and looks its functions up, once. NULL if all went well, else why it did not. Thread-safe.
const char *_Nullable ccurl_open(void);

// Why the shared library `name` cannot serve as libcurl; NULL if it can. `name` stays open.
const char *_Nullable ccurl_problem_with(const char *name);

// The library's description of itself and of its TLS library; empty before ccurl_open().
const char *ccurl_version(void);

// Transfers that one thread drives (a CURLM).
typedef struct ccurl_loop ccurl_loop;
// One request and its answer (a CURL).
typedef struct ccurl_transfer ccurl_transfer;

// Answers of the callbacks that take and supply bytes, besides a count.
enum { CCURL_PAUSE = -1, CCURL_ABORT = -2 };

// Called by ccurl_loop_perform() and ccurl_resume() alone, on their thread.
typedef struct ccurl_callbacks {
    // The connection is made, or one is used again; the request follows.
    void (*connected)(void *context);
    // One line of the answer's head, with its line end. False ends the transfer.
    bool (*line)(void *context, const uint8_t *bytes, size_t count);
    // Some of the answer's body: takes all of it (and returns `count`), or none (CCURL_PAUSE).
    int64_t (*body)(void *context, const uint8_t *bytes, size_t count);
    // Writes some of the request's body into `room`; returns how much, 0 at its end, CCURL_PAUSE if it is not there yet.
    int64_t (*supply)(void *context, uint8_t *room, size_t count);
    // The request's body is needed again, from `offset` on.
    bool (*rewind)(void *context, uint64_t offset);
} ccurl_callbacks;

// How a transfer ended.
typedef enum ccurl_outcome {
    CCURL_COMPLETE,
    CCURL_NO_SUCH_HOST,
    CCURL_NO_SUCH_PROXY,
    // No connection to the host, or to the proxy.
    CCURL_NOT_CONNECTED,
    CCURL_TIMED_OUT,
    // TLS failed before anybody's certificate could be judged.
    CCURL_NO_TLS,
    CCURL_UNTRUSTED,
    // The certificates to trust cannot be used.
    CCURL_BAD_ROOTS,
    // The connection ended.
    CCURL_CUT,
    CCURL_NOT_HTTP,
    // The proxy, of HTTP or SOCKS, did not let the connection through.
    CCURL_PROXY_REFUSED,
    // The body is not encoded as the head says.
    CCURL_BAD_CODING,
    CCURL_BAD_URL,
    CCURL_OTHER,
} ccurl_outcome;

// `connections`: kept open at most for requests to come.
ccurl_loop *_Nullable ccurl_loop_new(long connections);
void ccurl_loop_free(ccurl_loop *loop);
// Does what can be done without waiting.
void ccurl_loop_perform(ccurl_loop *loop);
// Waits until there is something to do, `milliseconds` at most.
void ccurl_loop_wait(ccurl_loop *loop, int milliseconds);
// Ends a wait, or the next one. The one function for any thread.
void ccurl_loop_wake(ccurl_loop *loop);
// A transfer that ended; NULL if none did since.
ccurl_transfer *_Nullable ccurl_loop_next_finished(ccurl_loop *loop, ccurl_outcome *outcome);

// Nothing comes from the environment, from .netrc or .curlrc; redirects are not followed.
ccurl_transfer *_Nullable ccurl_transfer_new(ccurl_callbacks callbacks, void *context);
void ccurl_transfer_free(ccurl_transfer *transfer);
// Each of these is false if libcurl does not take the value.
bool ccurl_set_url(ccurl_transfer *transfer, const char *url);
bool ccurl_set_method(ccurl_transfer *transfer, const char *method);
// The request has a body of `length` bytes.
bool ccurl_set_upload(ccurl_transfer *transfer, int64_t length);
bool ccurl_add_header(ccurl_transfer *transfer, const char *line);
// Connects to the socket at `path` whatever host the URL names.
bool ccurl_set_socket(ccurl_transfer *transfer, const char *path);
// `url` has a scheme, a host and a port: http, https, or socks5h, whose proxy looks names up itself.
bool ccurl_set_proxy(
    ccurl_transfer *transfer, const char *url, const char *_Nullable username, const char *_Nullable password);
bool ccurl_set_connect_milliseconds(ccurl_transfer *transfer, long milliseconds);
// Certificates in PEM, instead of the file of the system's.
bool ccurl_set_roots(ccurl_transfer *transfer, const void *pem, size_t count);
// Undoes the Content-Encoding.
bool ccurl_set_decoding(ccurl_transfer *transfer);
// The file with the system's certificates as libcurl knows it; NULL if it knows none.
const char *_Nullable ccurl_system_roots(ccurl_transfer *transfer);

bool ccurl_loop_add(ccurl_loop *loop, ccurl_transfer *transfer);
// What is not complete is cut off.
void ccurl_loop_remove(ccurl_loop *loop, ccurl_transfer *transfer);
// Goes on after CCURL_PAUSE.
void ccurl_resume(ccurl_transfer *transfer);

// libcurl's words about the end; empty if it has none.
const char *ccurl_words(ccurl_transfer *transfer);
// The errno of a failed connection; 0 for none.
int ccurl_errno(ccurl_transfer *transfer);
// The status of the proxy's answer to CONNECT; 0 for none.
long ccurl_proxy_status(ccurl_transfer *transfer);

// Runs `body` on a new thread that no signal reaches.
bool ccurl_start_thread(void (*body)(void *context), void *context);

#pragma clang assume_nonnull end

#endif
