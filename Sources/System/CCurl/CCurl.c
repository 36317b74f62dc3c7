#define _GNU_SOURCE
#include "CCurl.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

// These are macros as well, which would get in the way of members of the same name.
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

#define FUNCTIONS(X) \
    X(curl_global_init) X(curl_version) X(curl_version_info) \
    X(curl_easy_init) X(curl_easy_cleanup) X(curl_easy_setopt) X(curl_easy_getinfo) X(curl_easy_pause) \
    X(curl_multi_init) X(curl_multi_cleanup) X(curl_multi_setopt) X(curl_multi_add_handle) \
    X(curl_multi_remove_handle) X(curl_multi_perform) X(curl_multi_info_read) X(curl_multi_poll) \
    X(curl_multi_wakeup) X(curl_slist_append) X(curl_slist_free_all)

#define MEMBER(name) __typeof__(&name) name;
typedef struct library { FUNCTIONS(MEMBER) } library;
#undef MEMBER

static library curl;
static char problem[300];

// CURLOPT_PREREQFUNCTION came with 7.80.0.
enum { OLDEST = 0x075000 };

// Fills `found` from the library `name`; false with the reason in `reason`.
static bool look_up(const char *name, library *found, char *reason, size_t room) {
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        const char *error = dlerror();
        snprintf(reason, room, "%s", error ? error : "it cannot be opened");
        return false;
    }
#define LOOK_UP(function) \
    found->function = (__typeof__(found->function))dlsym(handle, #function); \
    if (!found->function) { \
        snprintf(reason, room, "%s: it does not have %s", name, #function); \
        return false; \
    }
    FUNCTIONS(LOOK_UP)
#undef LOOK_UP
    const curl_version_info_data *version = found->curl_version_info(CURLVERSION_NOW);
    if (version->version_num < OLDEST) {
        snprintf(reason, room, "%s: version %s is too old, 7.80 or newer is needed", name, version->version);
        return false;
    }
    if (!(version->features & CURL_VERSION_SSL)) {
        snprintf(reason, room, "%s: it was built without TLS", name);
        return false;
    }
    return true;
}

static void open_once(void) {
#ifdef __APPLE__
    const char *names[] = {"/usr/lib/libcurl.4.dylib", "libcurl.4.dylib"};
#else
    const char *names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
#endif
    for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
        library found;
        char reason[sizeof problem];
        if (look_up(names[index], &found, reason, sizeof reason)) {
            if (found.curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) {
                curl = found;
                problem[0] = 0;
                return;
            }
            snprintf(reason, sizeof reason, "%s: it cannot be initialized", names[index]);
        }
        // The first of them is the one to install.
        if (index == 0) snprintf(problem, sizeof problem, "%s", reason);
    }
}

const char *ccurl_open(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_once);
    return problem[0] ? problem : NULL;
}

const char *ccurl_problem_with(const char *name) {
    static _Thread_local char reason[sizeof problem];
    library found;
    return look_up(name, &found, reason, sizeof reason) ? NULL : reason;
}

const char *ccurl_version(void) { return curl.curl_version ? curl.curl_version() : ""; }

struct ccurl_transfer {
    CURL *easy;
    struct curl_slist *headers;
    ccurl_callbacks callbacks;
    void *context;
    bool is_connected;
    char words[CURL_ERROR_SIZE];
};

static int on_connection(void *context, char *theirs, char *ours, int their_port, int our_port) {
    (void)theirs, (void)ours, (void)their_port, (void)our_port;
    ccurl_transfer *transfer = context;
    transfer->is_connected = true;
    transfer->callbacks.connected(transfer->context);
    return CURL_PREREQFUNC_OK;
}

static size_t on_line(char *bytes, size_t size, size_t count, void *context) {
    ccurl_transfer *transfer = context;
    // Anything but the count ends the transfer.
    return transfer->callbacks.line(transfer->context, (const uint8_t *)bytes, size * count) ? size * count
                                                                                              : size * count + 1;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
    ccurl_transfer *transfer = context;
    int64_t taken = transfer->callbacks.body(transfer->context, (const uint8_t *)bytes, size * count);
    if (taken == CCURL_PAUSE) return CURL_WRITEFUNC_PAUSE;
    return taken < 0 ? size * count + 1 : (size_t)taken;
}

static size_t on_supply(char *room, size_t size, size_t count, void *context) {
    ccurl_transfer *transfer = context;
    int64_t supplied = transfer->callbacks.supply(transfer->context, (uint8_t *)room, size * count);
    if (supplied == CCURL_PAUSE) return CURL_READFUNC_PAUSE;
    return supplied < 0 ? CURL_READFUNC_ABORT : (size_t)supplied;
}

static int on_rewind(void *context, curl_off_t offset, int origin) {
    ccurl_transfer *transfer = context;
    if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_FAIL;
    return transfer->callbacks.rewind(transfer->context, (uint64_t)offset) ? CURL_SEEKFUNC_OK
                                                                           : CURL_SEEKFUNC_FAIL;
}

// Programs that are started meanwhile do not inherit connections.
static curl_socket_t on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)context, (void)purpose;
#ifdef SOCK_CLOEXEC
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
#else
    int descriptor = socket(address->family, address->socktype, address->protocol);
    if (descriptor >= 0) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return descriptor;
#endif
}

ccurl_loop *ccurl_loop_new(long connections) {
    CURLM *multi = curl.curl_multi_init();
    if (!multi) return NULL;
    curl.curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    curl.curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections);
    return (ccurl_loop *)multi;
}

void ccurl_loop_free(ccurl_loop *loop) { curl.curl_multi_cleanup((CURLM *)loop); }

void ccurl_loop_perform(ccurl_loop *loop) {
    int running = 0;
    curl.curl_multi_perform((CURLM *)loop, &running);
}

void ccurl_loop_wait(ccurl_loop *loop, int milliseconds) {
    curl.curl_multi_poll((CURLM *)loop, NULL, 0, milliseconds, NULL);
}

void ccurl_loop_wake(ccurl_loop *loop) { curl.curl_multi_wakeup((CURLM *)loop); }

bool ccurl_loop_add(ccurl_loop *loop, ccurl_transfer *transfer) {
    return curl.curl_multi_add_handle((CURLM *)loop, transfer->easy) == CURLM_OK;
}

void ccurl_loop_remove(ccurl_loop *loop, ccurl_transfer *transfer) {
    curl.curl_multi_remove_handle((CURLM *)loop, transfer->easy);
}

static ccurl_outcome outcome_of(CURLcode code, ccurl_transfer *transfer) {
    // Versions differ in what they make of a proxy that answers CONNECT with anything but 2xx.
    if (code != CURLE_OK && !transfer->is_connected && ccurl_proxy_status(transfer) / 100 > 2)
        return CCURL_PROXY_REFUSED;
    switch (code) {
    case CURLE_OK: return CCURL_COMPLETE;
    case CURLE_COULDNT_RESOLVE_HOST: return CCURL_NO_SUCH_HOST;
    case CURLE_COULDNT_RESOLVE_PROXY: return CCURL_NO_SUCH_PROXY;
    case CURLE_COULDNT_CONNECT:
    case CURLE_INTERFACE_FAILED: return CCURL_NOT_CONNECTED;
    case CURLE_OPERATION_TIMEDOUT: return CCURL_TIMED_OUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ENGINE_INITFAILED: return CCURL_NO_TLS;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return CCURL_UNTRUSTED;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CRL_BADFILE: return CCURL_BAD_ROOTS;
    case CURLE_PROXY: return CCURL_PROXY_REFUSED;
    case CURLE_BAD_CONTENT_ENCODING: return CCURL_BAD_CODING;
    case CURLE_URL_MALFORMAT: return CCURL_BAD_URL;
    // What a server sends that libcurl takes for HTTP/0.9, or for nothing at all.
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY: return CCURL_NOT_HTTP;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR: return CCURL_CUT;
    default: return CCURL_OTHER;
    }
}

ccurl_transfer *ccurl_loop_next_finished(ccurl_loop *loop, ccurl_outcome *outcome) {
    CURLMsg *message;
    int rest = 0;
    while ((message = curl.curl_multi_info_read((CURLM *)loop, &rest))) {
        if (message->msg != CURLMSG_DONE) continue;
        CURLcode code = message->data.result;
        char *private = NULL;
        curl.curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        ccurl_transfer *transfer = (ccurl_transfer *)private;
        if (!transfer) continue;
        *outcome = outcome_of(code, transfer);
        return transfer;
    }
    return NULL;
}

ccurl_transfer *ccurl_transfer_new(ccurl_callbacks callbacks, void *context) {
    ccurl_transfer *transfer = calloc(1, sizeof *transfer);
    CURL *easy = transfer ? curl.curl_easy_init() : NULL;
    if (!easy) {
        free(transfer);
        return NULL;
    }
    transfer->easy = easy;
    transfer->callbacks = callbacks;
    transfer->context = context;
    curl.curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl.curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->words);
    curl.curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl.curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
    curl.curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl.curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    curl.curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl.curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl.curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl.curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl.curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    // Empty, and not unset: libcurl would read the environment.
    curl.curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl.curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    curl.curl_easy_setopt(easy, CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC);
    curl.curl_easy_setopt(easy, CURLOPT_SOCKS5_AUTH, (long)CURLAUTH_BASIC);
    curl.curl_easy_setopt(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    curl.curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl.curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 50L);
    curl.curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 128L << 10);
    curl.curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 128L << 10);
    curl.curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    curl.curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connection);
    curl.curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    curl.curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_line);
    curl.curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl.curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl.curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl.curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_supply);
    curl.curl_easy_setopt(easy, CURLOPT_READDATA, transfer);
    curl.curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_rewind);
    curl.curl_easy_setopt(easy, CURLOPT_SEEKDATA, transfer);
    return transfer;
}

void ccurl_transfer_free(ccurl_transfer *transfer) {
    curl.curl_easy_cleanup(transfer->easy);
    curl.curl_slist_free_all(transfer->headers);
    free(transfer);
}

static bool set_text(ccurl_transfer *transfer, CURLoption option, const char *value) {
    return curl.curl_easy_setopt(transfer->easy, option, value) == CURLE_OK;
}

static bool set_number(ccurl_transfer *transfer, CURLoption option, long value) {
    return curl.curl_easy_setopt(transfer->easy, option, value) == CURLE_OK;
}

bool ccurl_set_url(ccurl_transfer *transfer, const char *url) {
    return set_text(transfer, CURLOPT_URL, url);
}

bool ccurl_set_method(ccurl_transfer *transfer, const char *method) {
    bool is_head = method[0] == 'H' && method[1] == 'E' && method[2] == 'A' && method[3] == 'D' && !method[4];
    if (is_head) return set_number(transfer, CURLOPT_NOBODY, 1);
    return set_text(transfer, CURLOPT_CUSTOMREQUEST, method);
}

bool ccurl_set_upload(ccurl_transfer *transfer, int64_t length) {
    return set_number(transfer, CURLOPT_UPLOAD, 1)
        && curl.curl_easy_setopt(transfer->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)length) == CURLE_OK;
}

bool ccurl_add_header(ccurl_transfer *transfer, const char *line) {
    struct curl_slist *longer = curl.curl_slist_append(transfer->headers, line);
    if (!longer) return false;
    transfer->headers = longer;
    return curl.curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, longer) == CURLE_OK;
}

bool ccurl_set_socket(ccurl_transfer *transfer, const char *path) {
    return set_text(transfer, CURLOPT_UNIX_SOCKET_PATH, path);
}

bool ccurl_set_proxy(
    ccurl_transfer *transfer, const char *url, const char *username, const char *password) {
    return set_text(transfer, CURLOPT_PROXY, url)
        && (!username || set_text(transfer, CURLOPT_PROXYUSERNAME, username))
        && (!username || set_text(transfer, CURLOPT_PROXYPASSWORD, password ? password : ""));
}

bool ccurl_set_connect_milliseconds(ccurl_transfer *transfer, long milliseconds) {
    return set_number(transfer, CURLOPT_CONNECTTIMEOUT_MS, milliseconds);
}

bool ccurl_set_roots(ccurl_transfer *transfer, const void *pem, size_t count) {
    struct curl_blob blob = {.data = (void *)pem, .len = count, .flags = CURL_BLOB_COPY};
    // A library without proxies of TLS has no use for the second.
    curl.curl_easy_setopt(transfer->easy, CURLOPT_PROXY_CAINFO_BLOB, &blob);
    return curl.curl_easy_setopt(transfer->easy, CURLOPT_CAINFO_BLOB, &blob) == CURLE_OK;
}

bool ccurl_set_decoding(ccurl_transfer *transfer) {
    return set_text(transfer, CURLOPT_ACCEPT_ENCODING, "identity");
}

const char *ccurl_system_roots(ccurl_transfer *transfer) {
    char *path = NULL;
    curl.curl_easy_getinfo(transfer->easy, CURLINFO_CAINFO, &path);
    return path;
}

void ccurl_resume(ccurl_transfer *transfer) { curl.curl_easy_pause(transfer->easy, CURLPAUSE_CONT); }

const char *ccurl_words(ccurl_transfer *transfer) { return transfer->words; }

int ccurl_errno(ccurl_transfer *transfer) {
    long number = 0;
    curl.curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &number);
    return (int)number;
}

long ccurl_proxy_status(ccurl_transfer *transfer) {
    long status = 0;
    curl.curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    return status;
}

typedef struct beginning {
    void (*body)(void *context);
    void *context;
} beginning;

static void *begin(void *argument) {
    beginning work = *(beginning *)argument;
    free(argument);
    work.body(work.context);
    return NULL;
}

bool ccurl_start_thread(void (*body)(void *context), void *context) {
    beginning *work = malloc(sizeof *work);
    if (!work) return false;
    *work = (beginning){body, context};
    // Threads begin with the mask of who starts them.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    int error = pthread_create(&thread, &attributes, begin, work);
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error) free(work);
    return error == 0;
}
