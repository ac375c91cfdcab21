#include "CCharsets.h"

#include <stdlib.h>
#include <unicode/ucnv.h>

// The pivot between the two converters: what is not yet written to the target is kept from call to call.
struct WBConverter {
  UConverter *from;
  UConverter *to;
  UChar pivot[4096];
  UChar *pivot_source;
  UChar *pivot_target;
};

WBConverter *wb_converter_open(const char *name, int32_t *error) {
  UErrorCode code = U_ZERO_ERROR;
  WBConverter *made = calloc(1, sizeof(WBConverter));
  if (made == NULL) {
    *error = U_MEMORY_ALLOCATION_ERROR;
    return NULL;
  }
  made->from = ucnv_open(name, &code);
  if (U_SUCCESS(code)) made->to = ucnv_open("UTF-8", &code);
  made->pivot_source = made->pivot;
  made->pivot_target = made->pivot;
  *error = code;
  if (U_FAILURE(code)) {
    wb_converter_close(made);
    return NULL;
  }
  return made;
}

void wb_converter_close(WBConverter *converter) {
  if (converter == NULL) return;
  if (converter->from) ucnv_close(converter->from);
  if (converter->to) ucnv_close(converter->to);
  free(converter);
}

bool wb_converter_to_utf8(
  WBConverter *converter, const char **source, const char *source_end, char **target, char *target_end, bool flush,
  int32_t *error) {
  UErrorCode code = U_ZERO_ERROR;
  ucnv_convertEx(
    converter->to, converter->from, target, target_end, source, source_end, converter->pivot, &converter->pivot_source,
    &converter->pivot_target, converter->pivot + 4096, false, flush, &code);
  *error = code;
  if (code == U_BUFFER_OVERFLOW_ERROR) {
    *error = 0;
    return true;
  }
  return false;
}
