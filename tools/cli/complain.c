/*
 * complain.c - one clear line on standard error.
 */
#include "tools/cli/status.h"

#include <stdarg.h>
#include <stdio.h>

void complain(const char *format, ...)
{
    char line[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    for (char *at = line; *at != '\0'; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7f) {
            *at = '?';
        }
    }
    fprintf(stderr, "pawl: %s\n", line);
}
