/*
 * base64.h - bytes as letters that any text format takes (RFC 4648, 4).
 */
#ifndef PAWL_CLI_BASE64_H
#define PAWL_CLI_BASE64_H

#include <stddef.h>

/* The padded base64 of bytes, to be freed by the caller; NULL: no memory. */
char *base64_encode(const void *bytes, size_t count);

#endif
