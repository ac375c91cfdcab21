#ifndef WEERBAAR_CHARSETS_H
#define WEERBAAR_CHARSETS_H
#include <stdbool.h>
#include <stdint.h>

// ICU renames its C functions by macro, which Swift cannot follow; each function here forwards to ICU's converters.
// Error codes are UErrorCode: greater than zero is a failure.

typedef struct WBConverter WBConverter;

/// Opens a converter (ucnv_open) by a name or alias of a character set; NULL and an error where ICU knows none.
WBConverter *wb_converter_open(const char *name, int32_t *error);
void wb_converter_close(WBConverter *converter);

/// Converts bytes to UTF-8 in steps. Moves `*source` and `*target` past what was read and written; malformed bytes become
/// U+FFFD. Returns true when the target is full and the call must be repeated.
bool wb_converter_to_utf8(
  WBConverter *converter, const char **source, const char *source_end, char **target, char *target_end, bool flush,
  int32_t *error);

#endif
