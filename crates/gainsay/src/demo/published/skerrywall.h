/*
 * Skerrywall SDK 1: scan a buffer or a file from your own program.
 * Copyright Oskelund Security. You may use and pass on this file with your product.
 */
#ifndef SKERRYWALL_SDK_H
#define SKERRYWALL_SDK_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct skerrywall_session skerrywall_session;

typedef enum {
    SKERRYWALL_HARMLESS = 0,
    SKERRYWALL_DOUBTFUL = 1,
    SKERRYWALL_HARMFUL = 2,
    SKERRYWALL_FAILED = -1
} skerrywall_answer;

/* Opens a session with the agent on this machine; NULL where no agent runs. Sessions are not shared by threads. */
skerrywall_session *skerrywall_open(const char *product_name);
void skerrywall_close(skerrywall_session *session);

/* The label is shown to the user and written to the journal; it need not be a path. */
skerrywall_answer skerrywall_scan_buffer(skerrywall_session *session, const void *bytes, size_t length, const char *label);
skerrywall_answer skerrywall_scan_file(skerrywall_session *session, const char *path);

/* Why the last answer was given, in English, valid until the next call on this session. */
const char *skerrywall_why(const skerrywall_session *session);

#ifdef __cplusplus
}
#endif

#endif
