/*
 * Palisade SDK 1: be told when the agent finds something.
 * Copyright Oskelund Security. You may use and pass on this file with your product.
 */
#ifndef PALISADE_EVENTS_H
#define PALISADE_EVENTS_H

#include <stdint.h>

#include "palisade.h"

typedef struct {
    uint64_t when;            /* seconds since 1970, UTC */
    palisade_answer answer;
    const char *label;
    const char *why;
} palisade_event;

/* The callback runs on the agent's thread: copy what you need and return. Gives 0, or -1 where events are off. */
typedef void (*palisade_listener)(const palisade_event *event, void *context);

int palisade_listen(palisade_session *session, palisade_listener listener, void *context);
void palisade_ignore(palisade_session *session);

#endif
