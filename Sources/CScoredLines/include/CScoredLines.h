#ifndef CSCOREDLINES_H
#define CSCOREDLINES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Reads lines with assessments, with buffers of its own. One for each thread.
typedef struct weerbaar_scored_reader weerbaar_scored_reader;

/// A string inside the reader or the line, valid until the next line. `bytes` is NULL where the field is absent.
typedef struct {
  const uint8_t *_Nullable bytes;
  size_t count;
} weerbaar_span;

typedef enum : int32_t {
  weerbaar_scored_ok = 0,
  /// Not one JSON document of valid UTF-8 that this reader can hold.
  weerbaar_scored_no_json = 1,
  weerbaar_scored_no_object = 2,
  weerbaar_scored_no_text = 3,
  weerbaar_scored_no_assessment = 4,
  /// The assessment lacks `abusive`, or `score` where the classifier did not abstain.
  weerbaar_scored_bad_assessment = 5,
} weerbaar_scored_status;

/// What one line holds.
typedef struct {
  weerbaar_scored_status status;
  weerbaar_span text, id, time, platform, direction;
  weerbaar_span author_id, author_handle, author_name;
  weerbaar_span recipient_id, recipient_handle, recipient_name;
  weerbaar_span model, level;
  int32_t abusive;
  int32_t abstained;
  int32_t severity;
  double score;
  double categories[8];
} weerbaar_scored_line;

/// Bytes that must be readable behind a line; their value does not matter.
extern const size_t weerbaar_scored_padding;

/// A new reader, or NULL where memory runs out. `names` are the eight categories in order; they must outlive it.
weerbaar_scored_reader *_Nullable weerbaar_scored_open(const char *_Nonnull const *_Nonnull names);
void weerbaar_scored_close(weerbaar_scored_reader *_Nonnull reader);

/// Reads one line of `count` bytes, behind which the padding must be readable.
void weerbaar_scored_read(
    weerbaar_scored_reader *_Nonnull reader, const uint8_t *_Nonnull bytes, size_t count,
    weerbaar_scored_line *_Nonnull line);

#ifdef __cplusplus
}
#endif

#endif
