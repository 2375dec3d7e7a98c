/*
 * Skerrywall SDK 1: a complete program that scans the files named on its command line.
 * Copyright Oskelund Security. You may use and pass on this file with your product.
 */
#include <stdio.h>

#include "skerrywall.h"

int main(int argc, char **argv)
{
    int harmful = 0;
    skerrywall_session *session = skerrywall_open("sample_scan");

    if (session == NULL) {
        fprintf(stderr, "no Skerrywall agent runs on this machine\n");
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        skerrywall_answer answer = skerrywall_scan_file(session, argv[i]);
        if (answer == SKERRYWALL_FAILED) {
            fprintf(stderr, "%s: could not be scanned: %s\n", argv[i], skerrywall_why(session));
            continue;
        }
        printf("%s: %s\n", argv[i], answer == SKERRYWALL_HARMLESS ? "nothing found" : skerrywall_why(session));
        harmful += answer == SKERRYWALL_HARMFUL;
    }
    skerrywall_close(session);
    return harmful > 0;
}
