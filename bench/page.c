/*
 * page.c - two files, one text.
 */
#include "bench/page.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static FILE *create(const char *folder, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return fopen(path, "we");
}

static void put_html(FILE *to, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '<':
            fputs("&lt;", to);
            break;
        case '>':
            fputs("&gt;", to);
            break;
        case '&':
            fputs("&amp;", to);
            break;
        default:
            fputc(*text, to);
        }
    }
}

bool page_open(struct page *self, const char *folder, const char *title)
{
    *self = (struct page){
        .markdown = create(folder, "report.md"),
        .html = create(folder, "report.html"),
    };
    if (self->markdown == NULL || self->html == NULL) {
        return false;
    }
    fprintf(self->markdown, "# %s\n", title);
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
          "<meta charset=\"utf-8\">\n<title>",
          self->html);
    put_html(self->html, title);
    fputs("</title>\n<style>\n"
          "body { max-width: 960px; margin: 2em auto; padding: 0 1em;"
          " font: 16px/1.5 sans-serif; color: #000; background: #fff; }\n"
          "table { border-collapse: collapse; margin: 1em 0; }\n"
          "th, td { border: 1px solid #999; padding: 0.2em 0.6em;"
          " text-align: right; }\n"
          "th:first-child, td:first-child { text-align: left; }\n"
          "pre { overflow-x: auto; background: #f2f2f2; padding: 0.6em; }\n"
          "figure { margin: 1em 0; }\n"
          "svg { max-width: 100%; height: auto; }\n"
          "</style>\n</head>\n<body>\n<h1>",
          self->html);
    put_html(self->html, title);
    fputs("</h1>\n", self->html);
    return true;
}

bool page_close(struct page *self)
{
    bool fine = self->markdown != NULL && self->html != NULL;
    if (self->html != NULL) {
        fputs("</body>\n</html>\n", self->html);
        fine = fclose(self->html) == 0 && fine;
    }
    if (self->markdown != NULL) {
        fine = fclose(self->markdown) == 0 && fine;
    }
    return fine;
}

void page_heading(struct page *self, const char *text)
{
    fprintf(self->markdown, "\n## %s\n\n", text);
    fputs("<h2>", self->html);
    put_html(self->html, text);
    fputs("</h2>\n", self->html);
}

void page_text(struct page *self, const char *format, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fprintf(self->markdown, "%s\n\n", text);
    fputs("<p>", self->html);
    put_html(self->html, text);
    fputs("</p>\n", self->html);
}

void page_block(struct page *self, const char *lines)
{
    fputs("<pre>", self->html);
    put_html(self->html, lines);
    fputs("</pre>\n", self->html);
    while (*lines != '\0') {
        size_t bytes = strcspn(lines, "\n");
        fprintf(self->markdown, "    %.*s\n", (int)bytes, lines);
        lines += bytes + (lines[bytes] == '\n');
    }
    fputc('\n', self->markdown);
}

void page_table(struct page *self, const char *const *heads, size_t count)
{
    self->columns = count;
    fputs("<table>\n<tr>", self->html);
    for (size_t i = 0; i < count; i++) {
        fprintf(self->markdown, "| %s ", heads[i]);
        fputs("<th>", self->html);
        put_html(self->html, heads[i]);
        fputs("</th>", self->html);
    }
    fputs("</tr>\n", self->html);
    fputs("|\n", self->markdown);
    for (size_t i = 0; i < count; i++) {
        fputs(i == 0 ? "|:---" : "|---:", self->markdown);
    }
    fputs("|\n", self->markdown);
}

void page_row(struct page *self, const char *const *cells)
{
    fputs("<tr>", self->html);
    for (size_t i = 0; i < self->columns; i++) {
        fprintf(self->markdown, "| %s ", cells[i]);
        fputs("<td>", self->html);
        put_html(self->html, cells[i]);
        fputs("</td>", self->html);
    }
    fputs("|\n", self->markdown);
    fputs("</tr>\n", self->html);
}

void page_table_end(struct page *self)
{
    fputc('\n', self->markdown);
    fputs("</table>\n", self->html);
}

/* What stands before a name in an SVG. */
static const char *const name_marks[] = {" id='", " id=\"", "url(#", "href='#"};

/* The first such mark from at on, of *bytes; or the text's end. */
static const char *next_name(const char *at, size_t *bytes)
{
    const char *first = at + strlen(at);
    *bytes = 0;
    for (size_t i = 0; i < sizeof name_marks / sizeof *name_marks; i++) {
        const char *mark = strstr(at, name_marks[i]);
        if (mark != NULL && mark < first) {
            first = mark;
            *bytes = strlen(name_marks[i]);
        }
    }
    return first;
}

/* Writes an SVG whose names get its number: every gnuplot has the same ones. */
static void put_svg(FILE *to, const char *svg, unsigned number)
{
    while (*svg != '\0') {
        size_t bytes;
        const char *mark = next_name(svg, &bytes);
        fwrite(svg, 1, (size_t)(mark - svg) + bytes, to);
        if (bytes > 0) {
            fprintf(to, "chart%u-", number);
        }
        svg = mark + bytes;
    }
}

void page_chart(struct page *self, const struct chart *chart)
{
    char *svg = chart_svg(chart);
    self->charts++;
    if (svg == NULL) {
        self->charts_missing++;
        page_text(self, "(No chart \"%s\": gnuplot could not draw it.)",
                  chart->title);
        return;
    }
    fprintf(self->markdown, "(Chart \"%s\": see report.html.)\n\n",
            chart->title);
    fputs("<figure>\n", self->html);
    put_svg(self->html, svg, self->charts);
    fputs("\n</figure>\n", self->html);
    free(svg);
}
