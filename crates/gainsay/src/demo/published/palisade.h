/*
 * Palisade SDK 1: scan a buffer or a file from your own program.
 * Copyright Oskelund Security. You may use and pass on this file with your product.
 */
#ifndef PALISADE_SDK_H
#define PALISADE_SDK_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct palisade_session palisade_session;

typedef enum {
    PALISADE_HARMLESS = 0,
    PALISADE_DOUBTFUL = 1,
    PALISADE_HARMFUL = 2,
    PALISADE_FAILED = -1
} palisade_answer;

/* Opens a session with the agent on this machine; NULL where no agent runs. Sessions are not shared by threads. */
palisade_session *palisade_open(const char *product_name);
void palisade_close(palisade_session *session);

/* The label is shown to the user and written to the journal; it need not be a path. */
palisade_answer palisade_scan_buffer(palisade_session *session, const void *bytes, size_t length, const char *label);
palisade_answer palisade_scan_file(palisade_session *session, const char *path);

/* Why the last answer was given, in English, valid until the next call on this session. */
const char *palisade_why(const palisade_session *session);

#ifdef __cplusplus
}
#endif

#endif
