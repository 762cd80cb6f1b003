/*
 * chart.c - a script for gnuplot, and what it draws.
 */
#include "bench/chart.h"
#include "bench/program.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SVG_BYTES_MAX ((size_t)1 << 20)

/* gnuplot's fill patterns, the most different first. */
static const int patterns[CHART_BARS_MAX] = {3, 0, 4, 1, 5, 2, 6, 7};

/* A text between quotes, without what gnuplot would read in it. */
static void put_text(FILE *to, const char *text)
{
    fputc('"', to);
    for (; *text != '\0'; text++) {
        fputc(*text == '"' || *text == '\\' ? ' ' : *text, to);
    }
    fputc('"', to);
}

static void put_data(FILE *to, const struct chart *self)
{
    fputs("$data << end\n", to);
    for (size_t i = 0; i < self->group_count; i++) {
        put_text(to, self->groups[i]);
        for (size_t j = 0; j < self->bar_count; j++) {
            if (self->values[i][j] > 0) {
                fprintf(to, " %.6g", self->values[i][j]);
            } else {
                fputs(" NaN", to);
            }
        }
        fputc('\n', to);
    }
    fputs("end\n", to);
}

static void put_script(FILE *to, const struct chart *self)
{
    put_data(to, self);
    fputs("set terminal svg size 960,460 dynamic font 'sans-serif,13' "
          "background rgb 'white'\n"
          "set style data histograms\nset style histogram clustered gap 1\n"
          "set boxwidth 0.9\nset grid ytics\nset border 3\n"
          "set xtics nomirror rotate by 30 right font ',11' noenhanced\nset "
          "ytics nomirror\n"
          "set key outside right noenhanced\nset lmargin 18\n",
          to);
    fputs("set title ", to);
    put_text(to, self->title);
    fputs(" noenhanced\nset ylabel ", to);
    put_text(to, self->unit);
    fputs(" noenhanced\n", to);
    fputs(self->logarithmic ? "set logscale y\n" : "set yrange [0:*]\n", to);
    fputs("plot ", to);
    for (size_t j = 0; j < self->bar_count; j++) {
        fprintf(to, "%s $data using %zu", j > 0 ? "," : "", j + 2);
        fprintf(to, "%s title ", j == 0 ? ":xtic(1)" : "");
        put_text(to, self->bars[j]);
        fprintf(to,
                " fillstyle pattern %d border rgb 'black' linecolor rgb "
                "'black'",
                patterns[j]);
    }
    fputc('\n', to);
}

char *chart_svg(const struct chart *self)
{
    char path[PATH_MAX];
    char script[] = "/tmp/pawl-bench-XXXXXX";
    if (!program_find("gnuplot", path, sizeof path)) {
        return NULL;
    }
    int fd = mkstemp(script);
    FILE *to = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (to == NULL) {
        return NULL;
    }
    put_script(to, self);
    fclose(to);
    char *argv[] = {path, script, NULL};
    char *svg = malloc(SVG_BYTES_MAX);
    const char *begin = NULL;
    if (svg != NULL && program_ask(argv, -1, svg, SVG_BYTES_MAX)) {
        begin = strstr(svg, "<svg");
    }
    unlink(script);
    if (begin == NULL || strstr(begin, "</svg>") == NULL) {
        free(svg);
        return NULL;
    }
    memmove(svg, begin, strlen(begin) + 1);
    return svg;
}
