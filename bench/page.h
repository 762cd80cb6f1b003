/*
 * page.h - a report that is written as Markdown and as HTML at once.
 *
 * The HTML stands alone: charts are in it, and it loads nothing.
 */
#ifndef BENCH_PAGE_H
#define BENCH_PAGE_H

#include "bench/chart.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define PAGE_COLUMNS_MAX 12

struct page {
    FILE *markdown;
    FILE *html;
    unsigned charts;
    unsigned charts_missing;
    size_t columns; /* of the table that is open */
};

/* Begins report.md and report.html in a folder; false, with errno set. */
bool page_open(struct page *self, const char *folder, const char *title);

/* Ends both; false where something could not be written. */
bool page_close(struct page *self);

void page_heading(struct page *self, const char *text);

__attribute__((format(printf, 2, 3))) void page_text(struct page *self,
                                                     const char *format, ...);

/* Lines as they are, each ended by a newline. */
void page_block(struct page *self, const char *lines);

/* A table: heads, then rows of as many cells, then its end. */
void page_table(struct page *self, const char *const *heads, size_t count);
void page_row(struct page *self, const char *const *cells);
void page_table_end(struct page *self);

/* Draws a chart into the HTML; Markdown says that it is there. */
void page_chart(struct page *self, const struct chart *chart);

#endif
