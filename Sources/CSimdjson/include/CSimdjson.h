#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A parser with buffers of its own, used again for each line. One for each thread.
typedef struct weerbaar_json weerbaar_json;

/// What stands at a place in a document.
typedef enum : int32_t {
  weerbaar_json_absent = 0,
  weerbaar_json_null = 1,
  weerbaar_json_boolean = 2,
  weerbaar_json_number = 3,
  weerbaar_json_string = 4,
  weerbaar_json_array = 5,
  weerbaar_json_object = 6,
} weerbaar_json_kind;

/// A string inside the parser, valid until its next document. Not ended by a zero.
typedef struct {
  weerbaar_json_kind kind;
  const uint8_t *_Nullable bytes;
  size_t count;
} weerbaar_json_value;

/// What one line holds.
typedef struct {
  /// Whether the whole line is one JSON document of valid UTF-8.
  int32_t valid;
  /// What the document is.
  weerbaar_json_kind root;
  /// The field `text`, unescaped, where it is a string.
  weerbaar_json_value text;
  /// How many fields are named `text`, and how many `assessment`.
  int32_t text_fields;
  int32_t assessment_fields;
} weerbaar_json_line;

/// Bytes that must be readable behind a document; their value does not matter.
extern const size_t weerbaar_json_padding;

/// A new parser, or NULL where memory runs out.
weerbaar_json *_Nullable weerbaar_json_open(void);
void weerbaar_json_close(weerbaar_json *_Nonnull parser);

/// Reads one document of `count` bytes, behind which the padding must be readable.
weerbaar_json_line weerbaar_json_parse(weerbaar_json *_Nonnull parser, const uint8_t *_Nonnull bytes, size_t count);

/// Finds a value in the last valid document by its JSON pointer, such as `/author/handle`. Only strings have bytes.
weerbaar_json_value weerbaar_json_find(weerbaar_json *_Nonnull parser, const char *_Nonnull pointer, size_t count);

#ifdef __cplusplus
}
#endif

#endif
