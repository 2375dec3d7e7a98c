/*
 * Skerrywall SDK 1: be told when the agent finds something.
 * Copyright Oskelund Security. You may use and pass on this file with your product.
 */
#ifndef SKERRYWALL_EVENTS_H
#define SKERRYWALL_EVENTS_H

#include <stdint.h>

#include "skerrywall.h"

typedef struct {
    uint64_t when;            /* seconds since 1970, UTC */
    skerrywall_answer answer;
    const char *label;
    const char *why;
} skerrywall_event;

/* The callback runs on the agent's thread: copy what you need and return. Gives 0, or -1 where events are off. */
typedef void (*skerrywall_listener)(const skerrywall_event *event, void *context);

int skerrywall_listen(skerrywall_session *session, skerrywall_listener listener, void *context);
void skerrywall_ignore(skerrywall_session *session);

#endif
