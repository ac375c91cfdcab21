#ifndef WEERBAAR_ICU_SHIMS_H
#define WEERBAAR_ICU_SHIMS_H
#include <stdbool.h>
#include <stdint.h>

// ICU renames its C functions by macro (u_charType becomes u_charType_72), which Swift cannot follow. Each function here
// forwards to one ICU function. Error codes are UErrorCode: greater than zero is a failure.

typedef struct WBBreakIterator WBBreakIterator;

typedef enum {
  WBBreakWord = 1,
  WBBreakSentence = 3,
} WBBreakKind;

/// Opens a break iterator (ubrk_open) for `locale`; close it with wb_break_close.
WBBreakIterator *wb_break_open(WBBreakKind kind, const char *locale, int32_t *error);
void wb_break_close(WBBreakIterator *iterator);
/// Sets UTF-16 text; the text must outlive the iteration.
void wb_break_set_text(WBBreakIterator *iterator, const uint16_t *text, int32_t length, int32_t *error);
/// The next boundary, or -1 at the end.
int32_t wb_break_next(WBBreakIterator *iterator);

/// NFKC_Casefold of UTF-16 text; returns the length needed, also when `capacity` is too small.
int32_t wb_nfkc_casefold(const uint16_t *text, int32_t length, uint16_t *out, int32_t capacity, int32_t *error);
/// NFD of UTF-16 text; returns the length needed, also when `capacity` is too small.
int32_t wb_nfd(const uint16_t *text, int32_t length, uint16_t *out, int32_t capacity, int32_t *error);

/// General category (UCharCategory) of a code point.
int8_t wb_general_category(int32_t scalar);
/// Sentence_Break property value (USentenceBreak).
int32_t wb_sentence_break(int32_t scalar);
/// Script code (UScriptCode), or -1.
int32_t wb_script(int32_t scalar);
bool wb_is_extended_pictographic(int32_t scalar);
bool wb_is_emoji_presentation(int32_t scalar);
bool wb_is_default_ignorable(int32_t scalar);
bool wb_is_white_space(int32_t scalar);
bool wb_is_alphabetic(int32_t scalar);
bool wb_is_uppercase(int32_t scalar);
/// The version of the ICU library in use, such as "72.1".
void wb_icu_version(char *out, int32_t capacity);

#endif
