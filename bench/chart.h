/*
 * chart.h - groups of bars, drawn by gnuplot as SVG.
 *
 * Bars are told apart by pattern, not by colour, so that a print in black and
 * white can be read.
 */
#ifndef BENCH_CHART_H
#define BENCH_CHART_H

#include <stdbool.h>
#include <stddef.h>

#define CHART_GROUPS_MAX 24
#define CHART_BARS_MAX 8

struct chart {
    const char *title;
    const char *unit;
    bool logarithmic;
    size_t group_count;
    size_t bar_count;
    const char *groups[CHART_GROUPS_MAX];            /* below the axis */
    const char *bars[CHART_BARS_MAX];                /* in the key */
    double values[CHART_GROUPS_MAX][CHART_BARS_MAX]; /* 0: no bar */
};

/*
 * Draws the chart. The SVG's bytes are the caller's to free, ended by a NUL;
 * NULL where gnuplot is not there or fails.
 */
char *chart_svg(const struct chart *self);

#endif
