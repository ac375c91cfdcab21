#include "ICUShims.h"
#include <stdio.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/uversion.h>

WBBreakIterator *wb_break_open(WBBreakKind kind, const char *locale, int32_t *error) {
  UErrorCode status = U_ZERO_ERROR;
  UBreakIterator *iterator = ubrk_open((UBreakIteratorType)kind, locale, NULL, 0, &status);
  *error = status;
  return (WBBreakIterator *)iterator;
}

void wb_break_close(WBBreakIterator *iterator) { ubrk_close((UBreakIterator *)iterator); }

void wb_break_set_text(WBBreakIterator *iterator, const uint16_t *text, int32_t length, int32_t *error) {
  UErrorCode status = U_ZERO_ERROR;
  ubrk_setText((UBreakIterator *)iterator, (const UChar *)text, length, &status);
  *error = status;
}

int32_t wb_break_next(WBBreakIterator *iterator) { return ubrk_next((UBreakIterator *)iterator); }

static int32_t normalize(const UNormalizer2 *normalizer, UErrorCode status, const uint16_t *text, int32_t length,
                         uint16_t *out, int32_t capacity, int32_t *error) {
  if (U_FAILURE(status)) {
    *error = status;
    return 0;
  }
  int32_t needed =
      unorm2_normalize(normalizer, (const UChar *)text, length, (UChar *)out, capacity, &status);
  *error = status == U_BUFFER_OVERFLOW_ERROR ? U_ZERO_ERROR : status;
  return needed;
}

int32_t wb_nfkc_casefold(const uint16_t *text, int32_t length, uint16_t *out, int32_t capacity, int32_t *error) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2 *normalizer = unorm2_getNFKCCasefoldInstance(&status);
  return normalize(normalizer, status, text, length, out, capacity, error);
}

int32_t wb_nfd(const uint16_t *text, int32_t length, uint16_t *out, int32_t capacity, int32_t *error) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2 *normalizer = unorm2_getNFDInstance(&status);
  return normalize(normalizer, status, text, length, out, capacity, error);
}

int8_t wb_general_category(int32_t scalar) { return u_charType(scalar); }
int32_t wb_sentence_break(int32_t scalar) { return u_getIntPropertyValue(scalar, UCHAR_SENTENCE_BREAK); }
int32_t wb_script(int32_t scalar) {
  UErrorCode status = U_ZERO_ERROR;
  UScriptCode code = uscript_getScript(scalar, &status);
  return U_FAILURE(status) ? -1 : (int32_t)code;
}
bool wb_is_extended_pictographic(int32_t scalar) {
  return u_hasBinaryProperty(scalar, UCHAR_EXTENDED_PICTOGRAPHIC);
}
bool wb_is_emoji_presentation(int32_t scalar) { return u_hasBinaryProperty(scalar, UCHAR_EMOJI_PRESENTATION); }
bool wb_is_default_ignorable(int32_t scalar) {
  return u_hasBinaryProperty(scalar, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}
bool wb_is_white_space(int32_t scalar) { return u_hasBinaryProperty(scalar, UCHAR_WHITE_SPACE); }
bool wb_is_alphabetic(int32_t scalar) { return u_hasBinaryProperty(scalar, UCHAR_ALPHABETIC); }
bool wb_is_uppercase(int32_t scalar) { return u_hasBinaryProperty(scalar, UCHAR_UPPERCASE); }

void wb_icu_version(char *out, int32_t capacity) { snprintf(out, (size_t)capacity, "%s", U_ICU_VERSION); }
